"""Makes the sample estates: logs, stores, keys and the truth about them, the same bytes every time."""
