"""The research bench: suites of samples, predictions, scores, and what their differences mean."""
