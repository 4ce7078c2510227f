"""`parris sweep rehearse`: a sweep on the virtual clock, with simulated trials."""
