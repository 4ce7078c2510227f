"""The waits of a thread that leads a job to its end, which other threads end early."""

from datetime import datetime

from embedded_aws.context import ClosedError, Context


class JobWaits:
    """Waits on the embedded AWS's clock.

    Args:
        context: the embedded AWS.
    """

    def __init__(self, context: Context) -> None:
        """Begin without a wait."""
        self.context = context
        self._woken = context.clock.make_event()

    def wake(self) -> None:
        """End the wait of the job's thread."""
        self._woken.set()

    def wait(self, seconds: float) -> None:
        """Wait until something happens, for at most that many seconds.

        Raises:
            ClosedError: when the embedded AWS closes.
        """
        self._woken.wait(max(seconds, 0.0))
        self._woken.clear()
        self.require_open()

    def require_open(self) -> None:
        """Raise ClosedError when the embedded AWS closes."""
        if self.context.is_closing.is_set():
            raise ClosedError("the embedded AWS is closing")

    def now(self) -> datetime:
        """Return the present time."""
        return self.context.clock.now()
