"""The target `one-parameter`."""
