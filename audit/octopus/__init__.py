"""Octopus Deploy: what only this product needs."""
