"""State SuggestTrial: chooses the hyperparameters of a trial from the results so far.

Reads `sweep_id` and `number`, all trials of the sweep from its table, and the sweep's config from
the bucket. Writes the hyperparameters to the trial's item unless it has some, and returns those
that it has, so that a repeated call changes nothing. It alone has the layer with NumPy and Optuna.
May raise AwsThrottledError, AwsUnavailableError, AwsDeniedError.
"""

from __future__ import annotations

from parris.entrypoint import Deps, lambda_handler
from parris.payloads import Payload, int_in, text_in
from parris.sweeps.config import SweepConfig
from parris.sweeps.suggestion import suggest_parameters


def run(event: Payload, deps: Deps) -> Payload:
    """Return the hyperparameters of the trial."""
    sweep_id, number = text_in(event, "sweep_id"), int_in(event, "number")
    table = deps.aws.sweeps_table
    sweep = table.find(sweep_id)
    stored = None if sweep is None else deps.aws.bucket.read_json(sweep.config_key)
    if stored is None:
        raise KeyError(f"no sweep {sweep_id}, or its config is gone")
    config = SweepConfig.from_payload(stored)
    chosen = suggest_parameters(config, number, table.trials(sweep_id))
    return {"parameters": table.set_parameters(sweep_id, number, chosen)}


handler = lambda_handler(run)
