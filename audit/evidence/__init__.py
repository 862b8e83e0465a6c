"""Evidence: what logs and stores say of each credential, compared."""
