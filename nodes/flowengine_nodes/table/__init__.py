"""Changing tables."""
