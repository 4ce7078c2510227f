"""The pages of Batch's lists."""

from collections.abc import Mapping, Sequence
from typing import Any

from moto.batch.exceptions import ClientException

_LARGEST_PAGE = 100


def page_of(items: Sequence[Any], name: str, request: Mapping[str, Any]) -> dict[str, Any]:
    """Return a page of a list.

    Args:
        items: the whole list.
        name: the list's name in the response.
        request: has `maxResults` and `nextToken`.

    Raises:
        ClientException: when the token is not one of ours.
    """
    try:
        start = int(request.get("nextToken") or 0)
    except ValueError:
        raise ClientException("Invalid nextToken") from None
    end = start + min(int(request.get("maxResults") or _LARGEST_PAGE), _LARGEST_PAGE)
    page: dict[str, Any] = {name: list(items[start:end])}
    if end < len(items):
        page["nextToken"] = str(end)
    return page
