"""Where credentials rest, into frames of stored values."""
