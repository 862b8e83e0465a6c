"""Key files and configuration files into key material."""
