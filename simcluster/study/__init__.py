"""One run and many runs of a scenario."""
