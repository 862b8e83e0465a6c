"""Dumps of databases, read as text without a server."""
