"""One module for each command: its arguments, its help and its call."""
