"""Instances that run: their states, events and ends. Inside them a driver is at work."""
