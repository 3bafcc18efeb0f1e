"""Pure arithmetic on lines: no files, no models."""
