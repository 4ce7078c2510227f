"""The end of a job: its payloads, its exit report, its reason and its outcome."""
