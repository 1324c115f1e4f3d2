"""Networks as stand-alone PyTorch programs."""
