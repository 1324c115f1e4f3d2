"""Preprocessing and augmentation, which travel with the network."""
