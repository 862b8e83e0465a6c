"""Turns outside formats (archives, logs, credential stores, key files) into plain frames and streams."""
