"""What small translation models need around them: the engine, guards, mending, phrases. Adapters use it."""
