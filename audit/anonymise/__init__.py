"""A run that can be handed to others: no name, host, user or address is in it."""
