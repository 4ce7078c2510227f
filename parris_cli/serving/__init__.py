"""The page of the training API, served on this machine."""
