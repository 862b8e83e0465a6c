"""Stored values of a database, changed in place."""
