"""Pipes of EventBridge: from a queue, by a template, to an API destination or a topic."""
