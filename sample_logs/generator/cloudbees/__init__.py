"""A CloudBees CD cluster after its upgrade from 9.1 to 9.2."""
