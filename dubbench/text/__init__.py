"""Text: read from files, cut into sentences, read aloud, compared by ear. No models, no sound."""
