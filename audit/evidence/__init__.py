"""What logs and stores tell of each credential, held against each other."""
