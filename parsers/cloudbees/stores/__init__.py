"""CloudBees CD's stores: its exports, and its database."""
