"""A run that can be handed to somebody else: no name, host, user or address is in it."""
