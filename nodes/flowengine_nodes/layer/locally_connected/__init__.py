"""Layers that slide over their input with other weights at each place."""
