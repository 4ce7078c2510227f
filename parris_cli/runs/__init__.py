"""The runs of a team: what runs now, and what has ended."""
