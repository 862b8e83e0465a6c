"""Finding, from the data alone, which layouts and keys a store's values were written with."""
