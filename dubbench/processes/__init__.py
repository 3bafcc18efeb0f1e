"""Processes that we start: ended with all they started, kept within bounds. What they are asked is others' business.

Nothing heavy is imported here, not even our own nouns: the command line begins with it.
"""
