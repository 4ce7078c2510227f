"""Jobs have the same rights on every machine that Parris's runner trains on."""

from samtranslator.yaml_helper import yaml_parse

from tests.architecture.definition import CLONE

RESOURCES = yaml_parse((CLONE / "template.yaml").read_text())["Resources"]


def statements_of(role: str) -> list[object]:
    (policy,) = RESOURCES[role]["Properties"]["Policies"]
    found: list[object] = policy["PolicyDocument"]["Statement"]
    return found


def test_a_job_on_a_server_may_do_what_a_job_on_an_instance_may() -> None:
    assert statements_of("ServerJobsRole") == statements_of("TrainersRole")
