"""Compares the searches of sweeps: `make bench-search`."""
