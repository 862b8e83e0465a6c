"""The checks before an upgrade, a rotation or an import."""
