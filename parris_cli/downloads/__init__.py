"""Downloads what a job has saved from the training bucket to a local folder."""
