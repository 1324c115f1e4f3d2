"""Text: tokens, dictionaries and sequences for networks."""
