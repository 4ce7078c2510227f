"""The gateway of this target."""
