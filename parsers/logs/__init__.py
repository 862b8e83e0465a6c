"""Streams of log bytes into findings."""
