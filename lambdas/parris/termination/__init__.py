"""How a job ends: its payloads, what was recorded of it, its reason and its outcome."""
