"""Where Octopus Deploy keeps its master key, and what it is made from."""
