"""Databases: their catalogue, what of a mapping is there, their rows, and changing them in place."""
