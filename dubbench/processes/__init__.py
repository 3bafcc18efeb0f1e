"""Processes that we start: ended with all they started, kept within bounds. What they are asked is others' business."""
