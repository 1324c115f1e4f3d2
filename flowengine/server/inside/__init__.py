"""A look inside trained networks: kernels, feature maps, activations, gates over time."""
