"""Octopus Deploy: what only its stores, keys and logs need."""
