"""Databases: connections that only read, their catalogue, and the rows of mapped tables."""
