"""A config and a script on this machine become a job."""
