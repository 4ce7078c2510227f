"""The only place that imports boto3 and that turns AWS's error codes into Parris's errors."""
