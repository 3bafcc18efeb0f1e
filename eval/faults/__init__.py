"""What can go wrong while a dub is made, made to happen (`make faults`): a chapter a module, and what they share."""
