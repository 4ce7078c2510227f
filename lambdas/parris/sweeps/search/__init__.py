"""Chooses the parameters of a sweep's trials. Only the search function imports what needs NumPy."""
