"""A training config checked: every violation at once, each with its place and its remedy."""
