"""The function processes of one embedded AWS: reused while warm, with more when busy."""

import threading
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor

from embedded_aws.context import ClosedError
from embedded_aws.functions.function_process import SandboxSpec, StartProcess, start_afresh
from embedded_aws.functions.sandbox import Outcome, Sandbox

MOST_IDLE_PER_FUNCTION = 4
_MOST_CLOSED_AT_ONCE = 16


class SandboxPool:
    """Runs invocations, each in a process that runs nothing else meanwhile.

    `used` has the ARNs of the functions that had an invocation, in the order of their first one.
    """

    def __init__(self, start: StartProcess = start_afresh) -> None:
        """Create an empty pool; `start` makes processes."""
        self.start = start
        self.used: list[str] = []
        self._lock = threading.Lock()
        self._idle: dict[SandboxSpec, list[Sandbox]] = defaultdict(list)
        self._all: set[Sandbox] = set()
        self._is_closed = False

    def invoke(self, spec: SandboxSpec, payload: bytes) -> Outcome:
        """Run one event in an idle process with the same code and configuration, or a new one."""
        sandbox = self._take(spec)
        try:
            outcome = sandbox.invoke(payload)
        except BaseException:
            self._end(sandbox)
            raise
        if outcome.is_process_alive:
            self._give_back(sandbox)
        else:
            self._end(sandbox)
        return outcome

    def prepare(self, spec: SandboxSpec) -> None:
        """Start a process before there is an event for it.

        Raises:
            ClosedError: after `close`.
        """
        self._give_back(self._start(spec))

    def close(self) -> None:
        """Kill every process."""
        with self._lock:
            self._is_closed = True
            ending, self._all = list(self._all), set()
            self._idle.clear()
        if ending:  # each waits for its process
            with ThreadPoolExecutor(_MOST_CLOSED_AT_ONCE) as closing:
                list(closing.map(Sandbox.close, ending))

    def _take(self, spec: SandboxSpec) -> Sandbox:
        with self._lock:
            if self._is_closed:
                raise ClosedError("the embedded AWS has stopped")
            if spec.function_arn not in self.used:
                self.used.append(spec.function_arn)
            self._retire_older(spec)
            if self._idle[spec]:
                return self._idle[spec].pop()
        return self._start(spec)

    def _start(self, spec: SandboxSpec) -> Sandbox:
        sandbox = Sandbox(spec, self.start)
        with self._lock:
            is_late = self._is_closed
            if not is_late:
                self._all.add(sandbox)
        if is_late:
            sandbox.close()
            raise ClosedError("the embedded AWS has stopped")
        return sandbox

    def _retire_older(self, spec: SandboxSpec) -> None:
        for other, idle in self._idle.items():
            if other.function_arn == spec.function_arn and other != spec:
                while idle:
                    sandbox = idle.pop()
                    self._all.discard(sandbox)
                    sandbox.close()

    def _give_back(self, sandbox: Sandbox) -> None:
        with self._lock:
            idle = self._idle[sandbox.spec]
            if not self._is_closed and len(idle) < MOST_IDLE_PER_FUNCTION:
                idle.append(sandbox)
                return
        self._end(sandbox)

    def _end(self, sandbox: Sandbox) -> None:
        with self._lock:
            self._all.discard(sandbox)
        sandbox.close()
