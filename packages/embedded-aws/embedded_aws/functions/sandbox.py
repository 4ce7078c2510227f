"""One function's process: started, warm between invocations, and killed with its session."""

import json
import math
import os
import time
from dataclasses import dataclass

from embedded_aws.clock.machine_time import machine_time
from embedded_aws.functions.at_work import at_work
from embedded_aws.functions.function_process import SandboxSpec, StartProcess, start_afresh
from embedded_aws.functions.process_output import ProcessOutput
from embedded_aws.functions.runtime_api import Invocation, RuntimeApi

_ALIVE_CHECK_SECONDS = 0.2
_OUTPUT_END_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of an invocation. `payload` is JSON; `output` is what the function printed.

    `init_ms` is the time from the start of the process to its first request for an event, and
    `is_cold` whether this was that first one; `duration_ms` is the handler's time without it.
    """

    payload: str
    is_error: bool
    output: str
    request_id: str
    duration_ms: int
    init_ms: int
    is_cold: bool
    is_process_alive: bool


class Sandbox:
    """A warm function process; takes one invocation at a time."""

    def __init__(self, spec: SandboxSpec, start: StartProcess = start_afresh) -> None:
        """Start the process, which inherits nothing of this one's environment or packages."""
        self.spec = spec
        self._api = RuntimeApi()
        self._is_cold = True
        self._began_at = time.monotonic()
        environment = {**dict(spec.environment), "AWS_LAMBDA_RUNTIME_API": self._api.address}
        read_end, write_end = os.pipe()
        try:
            self._process = start(spec, environment, write_end)
        except BaseException:
            os.close(read_end)
            raise
        finally:
            os.close(write_end)
        self._output = ProcessOutput(read_end)

    def invoke(self, payload: bytes) -> Outcome:
        """Run the handler on one event, within the function's timeout."""
        started, timeout_seconds = time.monotonic(), self.spec.timeout_seconds
        invocation = Invocation(
            payload=payload,
            deadline_at_ms=int((machine_time() + timeout_seconds) * 1000),
            function_arn=self.spec.function_arn,
            gives_up_at=started + timeout_seconds,
        )
        with at_work(invocation.trace_id, invocation.payload, self.kill):
            self._api.submit(invocation)
            self._await_answer(invocation)
        answered = time.monotonic()
        is_cold, self._is_cold = self._is_cold, False
        ready = self._api.ready_at if self._api.ready_at is not None else answered
        answer = invocation.answer if invocation.answer is not None else b"null"
        return Outcome(
            payload=answer.decode("utf-8", "replace") or "null",
            is_error=invocation.is_error,
            output=self._output.take(),
            request_id=invocation.request_id,
            duration_ms=_whole_ms(answered - max(started, ready) + invocation.slept_seconds),
            init_ms=_whole_ms(ready - self._began_at),
            is_cold=is_cold,
            is_process_alive=self._process.poll() is None and self._api.init_error is None,
        )

    def kill(self) -> None:
        """Kill the process at once; `invoke` notices that and reports how it exited."""
        self._process.kill()

    def close(self) -> None:
        """Kill the process and everything in its session."""
        self._process.end()
        self._output.close(_OUTPUT_END_SECONDS)
        self._api.close()

    def _await_answer(self, invocation: Invocation) -> None:
        while not invocation.answered.wait(_ALIVE_CHECK_SECONDS):
            status = self._process.poll()
            if status is not None:
                message = f"RequestId: {invocation.request_id} Error: Runtime exited with error: "
                _fail(invocation, "Runtime.ExitError", f"{message}exit status {status}")
            elif invocation.is_too_late():
                self._process.kill()
                message = f"RequestId: {invocation.request_id} Error: Task timed out after "
                _fail(
                    invocation,
                    "Sandbox.Timedout",
                    f"{message}{self.spec.timeout_seconds}.00 seconds",
                )


def _whole_ms(seconds: float) -> int:
    """Return milliseconds, rounded up as in Lambda's billing."""
    return max(1, math.ceil(seconds * 1000))


def _fail(invocation: Invocation, error_type: str, message: str) -> None:
    body = json.dumps({"errorType": error_type, "errorMessage": message})
    invocation.finish(body.encode(), is_error=True)
