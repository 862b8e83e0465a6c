"""Stored values of a database, changed where they lie."""
