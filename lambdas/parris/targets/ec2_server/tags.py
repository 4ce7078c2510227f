"""The tags by which an instance is a server of a deployment. Whoever makes it sets them."""

SERVER_TAG = "parris:server"
"""The name of the deployment that may start and stop the server."""
TASK_TYPE_TAG = "parris:task-type"
"""The kind of task that the server is for."""
