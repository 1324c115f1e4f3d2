"""Wrappers around layers."""
