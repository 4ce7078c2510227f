"""Measures sweeps of 10 to 1,000 trials, and calculates one of 10,000 from them."""
