"""FindRun: which runs are abandoned, and what is known of a run that AWS has deleted."""

import pytest

from embedded_aws import EmbeddedAws
from find_run import run
from parris.entrypoint import Deps
from parris.errors import AwsDeniedError
from parris.payloads import Payload, part_of
from tests.builders import EXECUTION_ARN
from tests.handlers.test_create_stack import a_machine
from tests.handlers.test_end_jobs import a_stack

NOW = "2026-11-21T00:00:00.000Z"


def find(deps: Deps, execution_arn: str = EXECUTION_ARN) -> Payload:
    return run({"execution_arn": execution_arn, "since": NOW, "now": NOW}, deps)


def test_a_run_that_lives_is_alive(deps: Deps, aws: EmbeddedAws) -> None:
    found = find(deps, a_machine(aws))
    assert (found["verdict"], found["state"]) == ("alive", {})


def test_of_a_run_that_left_nothing_there_is_nothing_to_end(deps: Deps) -> None:
    found = find(deps)
    assert (found["verdict"], found["is_final"]) == ("nothing", True)


def test_a_forgotten_run_is_ended_by_what_the_tags_of_its_stack_say(
    deps: Deps, aws: EmbeddedAws
) -> None:
    tags = {
        "parris:deployment": "parris",
        "parris:execution": EXECUTION_ARN,
        "parris:job": "iris",
        "parris:on-termination": "stop-instance",
    }
    a_stack(aws, "parris-iris", tags)
    found = find(deps)
    job = part_of(part_of(found, "state"), "job")
    assert found["verdict"] == "to-end"
    assert (job["training_job_name"], job["on_termination"]) == ("iris", "stop-instance")


def test_a_stack_of_another_deployment_is_not_its_business(deps: Deps, aws: EmbeddedAws) -> None:
    a_stack(aws, "parris-iris", {"parris:deployment": "other", "parris:execution": EXECUTION_ARN})
    assert find(deps)["verdict"] == "nothing"


def test_a_run_that_cannot_be_looked_up_is_not_taken_for_dead(
    deps: Deps, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(execution_arn: str) -> None:
        raise AwsDeniedError("DescribeExecution: not authorized")

    monkeypatch.setattr(deps.aws.executions, "find_end", refuse)
    with pytest.raises(AwsDeniedError):
        find(deps)
