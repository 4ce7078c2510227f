"""The targets that jobs can run on: one package each, behind the interface in target.py."""
