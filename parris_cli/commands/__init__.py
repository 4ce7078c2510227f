"""One module for each command: its arguments, its help and the function that it calls."""
