"""CloudBees CD: what only its stores, keys and logs need."""
