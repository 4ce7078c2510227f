"""Brings what a job saved from the training bucket to a folder here."""
