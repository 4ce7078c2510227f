"""Data sets that are posted for training: how they are read, and what is wrong with them."""
