"""A job that runs: what is new of it, up to its end."""
