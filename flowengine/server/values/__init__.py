"""What stands at ports, in forms that a browser shows and other programs open."""
