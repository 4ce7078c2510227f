"""Containers: the engine on this machine, and the images of a deployment."""
