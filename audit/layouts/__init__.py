"""Ciphertext layouts: how a secret lies in a stored value, and how key bytes come from a key file."""
