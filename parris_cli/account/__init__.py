"""The deployment that a command works on: in an account, or in an embedded AWS."""
