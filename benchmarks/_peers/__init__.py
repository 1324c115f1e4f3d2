"""The same five networks, trained by flowengine and by others: one module for each side."""
