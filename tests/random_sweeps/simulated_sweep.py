"""A sweep on the real functions and a table in memory: runs, failures, lost responses and stops.

ReserveTrial and SettleTrial are the real ones, on the real gateway to the table. Executions and the
bucket are simulated: a run ends at some step with a cost of at most its worst case. Steps of all
trials are interleaved at random, as the children of a map run them.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import reserve_trial
import settle_trial
from parris.aws.sweeps_table import SweepsTable
from parris.errors import AwsThrottledError, AwsUnavailableError
from parris.recovery.abandoned_run import EndedExecution
from parris.sweeps.sweep import StopReason, Sweep
from parris.timestamps import format_timestamp

if TYPE_CHECKING:
    from parris.entrypoint import Deps
    from parris.payloads import Payload

START = datetime(2031, 5, 1, 12, 0, tzinfo=UTC)
_MACHINE = "arn:aws:states:us-east-1:123456789012:stateMachine:parris-training"
_FAULT_SHARE, _LATE_SHARE = 0.15, 0.8
_TRIES = 50


@dataclass
class FaultyTable:
    """The DynamoDB client, whose transactions fail at random: before they are made, or after."""

    client: Any
    chance: random.Random

    def __getattr__(self, name: str) -> Any:
        return getattr(self.client, name)

    def transact_write_items(self, **request: Any) -> Any:
        """Write, or fail before or after it."""
        fate = self.chance.random()
        if fate < _FAULT_SHARE:
            raise AwsThrottledError("a conflict")
        response = self.client.transact_write_items(**request)
        if fate > 1 - _FAULT_SHARE:
            raise AwsUnavailableError("the response is lost")
        return response


@dataclass
class Runs:
    """The executions of the training machine and their records."""

    chance: random.Random
    worst_usd: Decimal
    ended: dict[str, Payload | None] = field(default_factory=dict)
    woken: set[str] = field(default_factory=set)

    def end(self, execution_arn: str) -> None:
        """Let a run end: with a record, or without one since it launched nothing."""
        if self.chance.random() < 0.1:
            self.ended[execution_arn] = None
            return
        is_failed = self.chance.random() < 0.3
        usd = self.worst_usd * self.chance.randint(0, 100) / 100
        self.ended[execution_arn] = {
            "reason": "SCRIPT_FAILED" if is_failed else "COMPLETED",
            "estimated_cost_usd": f"{usd:.4f}",
            "runtime_seconds": 60,
            "metrics": {"loss": {"value": self.chance.random()}},
        }

    def find_end(self, execution_arn: str) -> EndedExecution | None:
        """Return the end of a run, or None while it is running."""
        if execution_arn not in self.ended:
            return None
        return EndedExecution("FAILED", START, "CONFIG_REJECTED: no")

    def find_last_state(self, execution_arn: str) -> None:
        """Return that the run never had a job."""

    def end_sleep(self, task_token: str) -> None:
        """Remember who was woken."""
        self.woken.add(task_token)


class SimulatedSweep:
    """One random sweep, which is drawn from a seed."""

    def __init__(self, seed: int, client: Any, table_name: str) -> None:
        self.chance = random.Random(seed)
        self.worst_usd = Decimal(self.chance.randint(1, 400)) / 1000
        fitting = self.chance.randint(1, 8)
        limit_usd = self.worst_usd * fitting + Decimal(self.chance.randint(0, 99)) / 1000
        self.sweep = Sweep(
            sweep_id=f"random-{seed}",
            sweep_name="random",
            execution_arn="arn",
            started_at=format_timestamp(START),
            cost_limit_usd=limit_usd,
            worst_usd=self.worst_usd,
            longest_seconds=3600,
            trials=self.chance.randint(1, 14),
            config_key="sweep.json",
        )
        self.config: Payload = {
            "sweep-name": "random",
            "training": {},
            "search": {"method": "list"},
            "goal": {"metric": "loss", "direction": "minimize"},
            "budget": {"cost-limit": 1},
            "retry-failed": self.chance.randint(0, 2),
            "stop-on-failure": self.chance.random() < 0.2,
        }
        self.table = SweepsTable(client, table_name)
        self.runs = Runs(self.chance, self.worst_usd)
        self.now = START
        self.deps = cast("Deps", self._deps(FaultyTable(client, self.chance), table_name))
        self.table.open(self.sweep)

    def _deps(self, client: Any, table_name: str) -> SimpleNamespace:
        bucket = SimpleNamespace(name="bucket", read_json=self._read_json)
        aws = SimpleNamespace(
            sweeps_table=SweepsTable(client, table_name), executions=self.runs, bucket=bucket
        )
        return SimpleNamespace(settings=SimpleNamespace(state_machine_arn=_MACHINE), aws=aws)

    def _read_json(self, key: str) -> Payload | None:
        if key == self.sweep.config_key:
            return self.config
        name = key.split("/")[2]
        outcome = self.runs.ended.get(f"{_MACHINE.replace(':stateMachine:', ':execution:')}:{name}")
        return None if outcome is None else {"outcome": outcome}

    def run(self) -> None:
        """Run the sweep to its end, and check its budget after each step."""
        # The current state of each child that has not ended.
        children: dict[int, tuple[str, Payload]] = {
            number: (
                "reserve",
                {
                    "sweep_id": self.sweep.sweep_id,
                    "number": number,
                    "run": 0,
                    "parameters": {"x": number},
                },
            )
            for number in range(self.sweep.trials)
        }
        for _ in range(5_000):
            if not children:
                return
            self.now += timedelta(seconds=30)
            if self.chance.random() < 0.005:
                self.table.stop(self.sweep.sweep_id, StopReason.STOP_REQUESTED)
            number = self.chance.choice(sorted(children))
            state, trial = children[number]
            following = self._step(state, trial)
            self.check()
            if following is None:
                del children[number]
            else:
                children[number] = following
        raise AssertionError("the sweep does not end")

    def _step(self, state: str, trial: Payload) -> tuple[str, Payload] | None:
        match state:
            case "reserve":
                trial = self._call(reserve_trial.run, trial)
                return {
                    "start": ("run", trial),
                    "wait": ("reserve", trial),
                    "skip": None,
                }[str(trial["start"])]
            case "run":
                # At times its state ends before the run does.
                if self.chance.random() < _LATE_SHARE:
                    self._end(trial)
                return ("settle", trial)
            case _:
                if self.chance.random() < _LATE_SHARE:
                    self._end(trial)
                settled = self._call(settle_trial.run, trial)
                if settled["next"] == "again":
                    return ("reserve", {**trial, "run": settled["run"]})
                return None if settled["next"] == "done" else ("settle", trial)

    def _end(self, trial: Payload) -> None:
        machine = _MACHINE.replace(":stateMachine:", ":execution:")
        execution_arn = f"{machine}:{trial['execution_name']}"
        if execution_arn not in self.runs.ended:
            self.runs.end(execution_arn)

    def _call(self, step: Any, trial: Payload) -> Payload:
        """Call a function as the state machine does: again after an error, and at times twice."""
        event = {"trial": trial, "now": format_timestamp(self.now)}
        calls = 2 if self.chance.random() < 0.1 else 1
        result: Payload = {}
        for _ in range(_TRIES):
            try:
                result = step(event, self.deps)
            except (AwsThrottledError, AwsUnavailableError):
                self.check()
                continue
            calls -= 1
            if not calls:
                return result
        raise AssertionError("no call succeeds")

    def check(self) -> None:
        """Check that the budget holds, and that it is the sum of its trials."""
        sweep = self.table.find(self.sweep.sweep_id)
        trials = self.table.trials(self.sweep.sweep_id)
        assert sweep is not None
        assert sweep.committed_usd <= sweep.cost_limit_usd
        spent_usd = sum((trial.spent_usd for trial in trials), Decimal(0))
        reserved_usd = sum((trial.reserved_usd for trial in trials), Decimal(0))
        assert sweep.spent_usd == spent_usd
        assert sweep.committed_usd == spent_usd + reserved_usd
