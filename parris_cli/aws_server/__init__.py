"""`parris aws`: the embedded AWS as a server on this machine."""
