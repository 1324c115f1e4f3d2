"""Running: what is wanted and not there yet is computed, here or in worker processes."""
