"""Follows a sweep to its end: a line for each trial that ends, and how far the sweep is."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from parris.aws.translate_errors import translates_errors
from parris.error_text import message_in
from parris.errors import AwsThrottledError, AwsUnavailableError
from parris.sweeps.record import RUNNING
from parris.sweeps.trial import TrialStatus
from parris.timestamps import format_timestamp
from parris_cli.aws_errors import describe_error
from parris_cli.errors import InterruptedByUserError
from parris_cli.formatting import money
from parris_cli.pages.axis import number_label
from parris_cli.sweeps.table import begin_line, live_table, trial_line
from parris_cli.sweeps.view import SweepView
from parris_cli.terminal.progress import Gauge, Progress

if TYPE_CHECKING:
    from parris.payloads import Payload
    from parris_cli.account.clients import Account
    from parris_cli.sweeps.read_sweep import SweepReader
    from parris_cli.sweeps.start_sweep import StartedSweep
    from parris_cli.terminal.interrupts import Interrupts
    from parris_cli.terminal.screen import Screen

_POLL_SECONDS, _EMBEDDED_POLL_SECONDS = 10.0, 1.0
_END_SWEEP = "End the sweep now? Its trials save their results first."


@dataclass(frozen=True, slots=True)
class SweepResult:
    """How a sweep ended. `record` is None if it has not begun, for the `error` and its `cause`."""

    record: Payload | None
    error: str = ""
    cause: str = ""


@dataclass
class SweepFollower:
    """Follows one sweep. With `is_stopping` a stop was requested, and Ctrl-C no longer asks."""

    account: Account
    reader: SweepReader
    started: StartedSweep
    screen: Screen
    interrupts: Interrupts
    is_stopping: bool = False
    _shown: set[int] = field(default_factory=set)
    _is_blind: bool = False
    _is_announced: bool = False

    def follow(self) -> SweepResult:
        """Return how the sweep ended, once each of its runs is settled.

        Raises:
            InterruptedByUserError: when the user stops following.
        """
        seconds = _EMBEDDED_POLL_SECONDS if self.account.is_embedded else _POLL_SECONDS
        while True:
            result = self._poll()
            if result is not None:
                self.screen.end_status()
                return result
            if self.interrupts.wait(seconds):
                self._handle_interrupt()

    def _poll(self) -> SweepResult | None:
        try:
            return self._read()
        except (AwsThrottledError, AwsUnavailableError) as err:
            if not self._is_blind:
                self.screen.warn(f"AWS is unreachable; the sweep keeps running: {err}")
            self._is_blind = True
        return None

    @translates_errors
    def _read(self) -> SweepResult | None:
        # Queried first, so that what is read afterwards includes everything up to the end.
        execution = self.account.stepfunctions.describe_execution(
            executionArn=self.started.execution_arn
        )
        has_ended = execution["status"] != "RUNNING"
        record = self.reader.record(self.started.sweep_id)
        self._is_blind = False
        if record is None:
            if not has_ended:
                return None
            return SweepResult(
                None, execution.get("error", ""), message_in(execution.get("cause", ""))
            )
        sweep = SweepView.from_record(record)
        self._show(sweep)
        is_settled = sweep.status != RUNNING
        if self.is_stopping and not is_settled and sweep.stop_reason is None:
            # It was requested before ValidateSweep had written the sweep.
            request_sweep_stop(self.account, self.started.sweep_id)
        return SweepResult(record) if has_ended and is_settled else None

    def _show(self, sweep: SweepView) -> None:
        if not self._is_announced:
            self._is_announced = True
            self.screen.say(begin_line(sweep), "trials")
            if sweep.bounded_by is not None:
                self.screen.say(f"fewer at once than max-parallel: {sweep.bounded_by}", "note")
        for trial in sweep.trials:
            if trial.is_over and trial.number not in self._shown:
                self._shown.add(trial.number)
                # Where the table shows the best, only the others need a line.
                if not (self.screen.can_redraw and trial.status is TrialStatus.SUCCEEDED):
                    self.screen.say(trial_line(sweep, trial), f"trial {trial.number}")
        best = sweep.best
        remark = f"best {sweep.metric} {number_label(best.value or 0)}" if best else ""
        fraction = float(sweep.spent_usd / sweep.cost_limit_usd)
        trials = Gauge(
            str(sweep.over_count),
            str(sweep.trial_count),
            sweep.over_count / max(1, sweep.trial_count),
            "trials",
            is_limit=False,
        )
        spent = money(f"{sweep.spent_usd:.4f}")
        usd = Gauge(spent, money(str(sweep.cost_limit_usd)), fraction, "USD")
        phase = "stopping" if self.is_stopping or sweep.stop_reason else "sweeping"
        table = live_table(sweep, *self.screen.table_size)
        self.screen.show_status(Progress(phase, (trials, usd), remark), time.monotonic(), table)

    def _handle_interrupt(self) -> None:
        if self.is_stopping:
            raise InterruptedByUserError
        self.screen.end_status()
        if self.interrupts.should_end(_END_SWEEP, outlives_command=not self.account.is_embedded):
            self.stop()
            self.screen.say(
                "ending the sweep: its trials save their results first"
                " (Ctrl-C again: do not wait for it)"
            )
        else:
            self.screen.say("the sweep keeps running")

    def stop(self) -> None:
        """Let the sweep start nothing more, and its trials save and end."""
        self.is_stopping = True
        try:
            request_sweep_stop(self.account, self.started.sweep_id)
        except Exception as err:
            # It can be requested again, and what runs keeps its limits.
            self.is_stopping = False
            self.screen.warn(f"the stop request failed: {describe_error(err)}")


@translates_errors
def request_sweep_stop(account: Account, sweep_id: str) -> None:
    """Request that a sweep starts nothing more and ends what runs.

    Raises:
        AwsUnavailableError: when the function failed.
    """
    request = {"sweep_id": sweep_id, "now": format_timestamp(datetime.now(UTC))}
    response = account.functions.invoke(
        FunctionName=account.deployment.end_sweep_function, Payload=json.dumps(request)
    )
    body = response["Payload"].read().decode()
    if "FunctionError" in response:
        raise AwsUnavailableError(message_in(body))
