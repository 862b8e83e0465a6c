"""CloudBees CD: what only its stores, files and logs need."""

from typing import Final

ID: Final = "cloudbees-cd"
"""What the column `system` says everywhere."""
