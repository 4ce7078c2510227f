"""The `parris` command: starts a training job, shows it as it runs, and says how it ended."""

__version__ = "0.2.0"
