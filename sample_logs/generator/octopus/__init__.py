"""The sample estate of Octopus Deploy: a rotation that left secrets behind."""
