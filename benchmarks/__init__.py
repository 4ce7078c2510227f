"""What a job's orchestration takes, measured on the embedded AWS's virtual clock: `make bench`."""
