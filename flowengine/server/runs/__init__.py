"""Runs as the editor meets them: begun, followed, stopped, compared."""
