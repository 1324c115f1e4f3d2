"""Optimizers under Keras' names: the base, the members by kind, and the family as a setting."""
