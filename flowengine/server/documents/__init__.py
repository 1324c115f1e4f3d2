"""Workflow files as the editor meets them: found, read, saved, watched."""
