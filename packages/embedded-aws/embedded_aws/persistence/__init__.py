"""Keep an account in a folder while no embedded AWS runs on it."""
