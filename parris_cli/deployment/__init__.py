"""`parris deploy`: Parris in the user's own account."""
