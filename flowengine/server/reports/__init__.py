"""What the editor says of a workflow as it stands: states, shapes, costs and faults."""
