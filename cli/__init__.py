"""The `parris` command: starts a training job, shows it as it runs, and says how it ended."""
