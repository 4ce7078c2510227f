import json

from embedded_aws import EmbeddedAws
from embedded_aws_helpers.builders import create_machine, run


def test_a_machine_starts_another_and_takes_its_output(aws: EmbeddedAws) -> None:
    child = create_machine(aws, {"Say": {"Type": "Pass", "Result": {"a": 1}, "End": True}})
    call = {
        "Type": "Task",
        "Resource": "arn:aws:states:::states:startExecution.sync:2",
        "Parameters": {"StateMachineArn": child, "Input": {}},
        "OutputPath": "$.Output",
        "End": True,
    }
    ended = run(aws, {"Call": call})
    assert (ended["status"], json.loads(ended["output"])) == ("SUCCEEDED", {"a": 1})
