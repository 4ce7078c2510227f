"""The clock of an embedded AWS: the machine's own, or a virtual one."""
