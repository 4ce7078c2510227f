"""Checks that a trial's run has a reservation: no other execution may spend a sweep's budget."""

from __future__ import annotations

from typing import TYPE_CHECKING

from parris.payloads import Payload, text_in
from parris.sweeps.names import TRIAL_KEY, parse_trial_name
from parris.validation.violations import Violation, shown

if TYPE_CHECKING:
    from parris.aws.gateways import Gateways

_WHY = "leave sweep-trial out to run this config on its own"


def find_reservation_violations(config: Payload, event: Payload, aws: Gateways) -> list[Violation]:
    """Return a violation unless the execution's cost is reserved, and its sweep still starts.

    Args:
        config: the training config, with a `sweep-trial`.
        event: of the state, with the execution's ARN.
        aws: the gateways.
    """
    found = text_in(config, TRIAL_KEY)
    name = parse_trial_name(found)
    expected = None
    sweep = None if name is None else aws.sweeps_table.find(name.sweep_id)
    trial = None if name is None else aws.sweeps_table.find_trial(name.sweep_id, name.number)
    if name is None or sweep is None or trial is None:
        expected = f"a trial of a sweep that runs; {_WHY}"
    elif trial.execution_arn != text_in(event, "execution_arn") or trial.runs != name.run + 1:
        expected = f"the execution that the sweep has started for it; {_WHY}"
    elif not trial.is_reserved:
        expected = f"a run that has not ended; {_WHY}"
    elif sweep.stop_reason is not None:
        expected = f"a sweep that still starts trials, but it ends: {sweep.stop_reason}"
    return [] if expected is None else [Violation(f"/{TRIAL_KEY}", shown(found), expected)]
