"""Who owns which credential, and what is not to count until a date."""
