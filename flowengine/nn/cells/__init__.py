"""Module classes that torch lacks, with Keras semantics."""
