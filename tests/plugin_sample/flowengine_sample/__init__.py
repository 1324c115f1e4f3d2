"""A pack of nodes as an author would publish it."""
