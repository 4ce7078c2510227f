"""Beside the states: starts a job when a device, such as the AWS IoT button, says so.

Called by the rule of AWS IoT with the fields that its SQL in template.yaml selects. Starts the
workflow with the deployment's `IotInput`, under a name made from device and message, so that a
click that is delivered again starts nothing more. Answers the job's id.
May raise the Aws errors, upon which Lambda tries again.
"""

from __future__ import annotations

import json

from parris.entrypoint import Deps, lambda_handler
from parris.iot_trigger import Click
from parris.payloads import Payload


def run(event: Payload, deps: Deps) -> Payload:
    """Return the id of the job that the click has started, now or when it came before."""
    click = Click.from_message(event)
    config: Payload = {
        **json.loads(deps.settings.click_input),
        "_started-by": f"{click.device} ({click.kind})",
    }
    deps.aws.executions.start(
        deps.settings.state_machine_arn, click.execution_name, json.dumps(config)
    )
    return {"job_id": click.execution_name}


handler = lambda_handler(run)
