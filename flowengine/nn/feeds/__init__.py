"""Columns of tables become inputs and targets of networks, batch by batch."""
