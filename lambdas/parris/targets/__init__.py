"""What a job can run on: one file for each target, behind one small interface."""
