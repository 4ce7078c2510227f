"""Starts a job from a config and a script on this machine."""
