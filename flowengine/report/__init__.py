"""Reports of runs as pages that stand alone, and pictures of workflows. Imports no torch."""
