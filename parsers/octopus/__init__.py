"""Octopus Deploy: what only its stores, keys and logs need."""

from typing import Final

ID: Final = "octopus"
"""What the column `system` says everywhere."""
