"""`parris deploy`: Parris in the person's own account."""
