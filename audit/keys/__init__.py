"""The candidate keys of a run: which is current, which is missing, which opens nothing."""
