"""Sweeps on the command line: starting, following, results and the report page."""
