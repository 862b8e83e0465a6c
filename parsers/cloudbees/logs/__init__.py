"""How CloudBees CD writes its logs."""
