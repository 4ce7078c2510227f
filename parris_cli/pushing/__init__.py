"""`parris push`: configs and scripts in the training bucket, for schedules and colleagues."""
