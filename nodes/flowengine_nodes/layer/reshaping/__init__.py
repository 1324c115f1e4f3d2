"""Layers that move values: other shapes, edges cut off or added, places repeated."""
