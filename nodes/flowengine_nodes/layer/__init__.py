"""Layers, under Keras names and with Keras defaults."""
