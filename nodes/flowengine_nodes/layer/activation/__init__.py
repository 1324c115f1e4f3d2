"""Activation functions with settings of their own."""
