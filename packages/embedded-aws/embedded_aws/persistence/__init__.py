"""Stores an account in a folder while no embedded AWS is running on it."""
