"""`parris stop`: asks a running job to end."""
