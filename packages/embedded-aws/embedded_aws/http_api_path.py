"""Where the HTTP APIs of this account are served: `/_apis/<api id>/<path of the request>`.

The names of `execute-api` do not lead to 127.0.0.1. No bucket has the name of this path.
"""

PREFIX = "/_apis/"


def is_for_an_api(path: str) -> bool:
    """Return whether a path of this server is one of an HTTP API."""
    return path.startswith(PREFIX)


def split_path(path: str) -> tuple[str, str]:
    """Return the id of the API, and the path of the request with its first slash."""
    api_id, _, rest = path[len(PREFIX) :].partition("/")
    return api_id, f"/{rest}"
