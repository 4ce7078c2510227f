"""The port of `parris aws up`, unless it is told another one."""

DEFAULT_PORT = 4577
