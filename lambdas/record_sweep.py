"""State RecordSweep: writes the sweep's record and its best config, and closes the sweep.

Reads the sweep's items and its config. A sweep with a run whose end is not confirmed stays open:
the reaper has its runs settled, and then closes it. Returns `$.outcome` and the notification in
`$.message`. Safe to repeat. May raise the Aws errors.
"""

from __future__ import annotations

from parris.entrypoint import Deps, lambda_handler
from parris.payloads import Payload, part_of, text_in
from parris.sweeps.record import end_message_of_sweep
from parris.sweeps.store_record import folder_of, store_record
from parris.timestamps import parse_timestamp


def run(event: Payload, deps: Deps) -> Payload:
    """Return how the sweep ended, after recording it."""
    sweep_id = text_in(part_of(event, "sweep"), "sweep_id")
    sweep = deps.aws.sweeps_table.find(sweep_id)
    if sweep is None:
        raise KeyError(f"no sweep {sweep_id}")
    record = store_record(sweep, parse_timestamp(text_in(event, "now")), deps.aws)
    folder = folder_of(sweep, deps.aws)
    outcome: Payload = {
        **{key: record[key] for key in _OF_THE_OUTCOME},
        "reason": record["status"],
        "record_uri": f"{folder.uri}record.json",
    }
    return {
        "outcome": outcome,
        "message": end_message_of_sweep(record, folder).to_payload(),
    }


_OF_THE_OUTCOME = (
    "sweep_id",
    "sweep_name",
    "cause",
    "counts",
    "best_trial",
    "spent_usd",
    "reserved_usd",
)

handler = lambda_handler(run)
