"""What a job can run on: one package for each target, behind the interface in target.py."""
