"""CloudBees CD's database: its catalogue, what of a mapping is there, and its rows."""
