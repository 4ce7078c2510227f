"""`parris stop`: requests that a running job ends."""
