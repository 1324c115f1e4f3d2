"""Training, running and keeping networks."""
