"""The time that an embedded AWS lives by: the machine's own, or one that jumps."""
