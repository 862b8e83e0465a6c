"""Octopus Deploy's stores: its documents, wherever they lie."""
