"""Planning: a workflow becomes a flat set of configured nodes with keys, before anything runs."""
