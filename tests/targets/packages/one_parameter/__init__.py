"""A package as the registry of targets finds it."""
