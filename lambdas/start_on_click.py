"""Not a state: starts a job when a device, such as the AWS IoT button, sends a message.

Called by the AWS IoT rule with the fields that its SQL in template.yaml selects. Starts the state
machine with the deployment's `IotInput`. The execution is named after the device and the message,
so that a duplicate message starts nothing. Returns the job id.
May raise the Aws errors, after which Lambda retries.
"""

from __future__ import annotations

import json

from parris.entrypoint import Deps, lambda_handler
from parris.iot_trigger import Click
from parris.payloads import Payload


def run(event: Payload, deps: Deps) -> Payload:
    """Return the id of the job that this click, or its duplicate, has started."""
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
