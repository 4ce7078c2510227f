"""Lets what is simulated notice a new object of S3 without polling for it.

A poll every few seconds would cost a job of months millions of steps of a virtual clock. Only the
buckets that send their events to EventBridge are watched.
"""

from collections.abc import Callable

from embedded_aws.context import Context, current

Watcher = Callable[[str, str], None]
_WATCHERS = "watchers of objects"


def watch_objects(context: Context, watcher: Watcher) -> Callable[[], None]:
    """Call `watcher` with the bucket and the key of each new object, whatever EventBridge gets.

    It is called within the request, and may only plan something. It is called until the returned
    function is.
    """
    watchers = _watchers(context)
    watchers.append(watcher)

    def cancel() -> None:
        if watcher in watchers:
            watchers.remove(watcher)

    return cancel


def note_object(bucket: str, key: str) -> None:
    """Report a new object to the watchers."""
    for watcher in list(_watchers(current())):
        watcher(bucket, key)


def _watchers(context: Context) -> list[Watcher]:
    found = context.services.setdefault(_WATCHERS, [])
    assert isinstance(found, list)
    return found
