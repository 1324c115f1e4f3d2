"""Components, inputs and outputs of workflows."""
