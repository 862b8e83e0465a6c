"""How Octopus Deploy writes its logs and reports."""
