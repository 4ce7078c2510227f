"""The log of a job's script: `parris logs`."""
