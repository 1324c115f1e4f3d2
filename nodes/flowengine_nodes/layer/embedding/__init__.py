"""Embedding and masking layers."""
