"""File stores written anew: some stored values changed, every other byte as it was."""
