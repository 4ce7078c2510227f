"""Whatever a config holds, it becomes a job that can be launched, or violations that say why."""

import json
import os
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from botocore.session import get_session
from botocore.validate import ParamValidator
from hypothesis import HealthCheck, given, settings
from moto.ec2.models import ec2_backends
from runner_job import Folders, read_job
from runner_script import script_environment

from embedded_aws import EmbeddedAws
from parris.entrypoint import Deps
from parris.errors import ConfigInvalidError
from parris.job import Job
from parris.payloads import Payload, part_of, parts_in
from parris.targets.ec2_stack.settings import Ec2StackSettings
from parris.targets.ec2_stack.stack_parameters import stack_parameters, stack_tags
from parris.targets.runner_files import MachineFacts, job_for_runner
from tests.handlers.conftest import put_json
from tests.handlers.generated_configs import SCRIPT, SUBNETS, TYPES, configs
from tests.handlers.remembered_answers import remember_answers
from tests.handlers.test_validate_config import an_event
from validate_config import run

LARGEST_PAYLOAD_BYTES = 262_144
# What the states after ValidateConfig add beside the job: launch, run, decision, cleanup, error.
ROOM_FOR_OTHER_STATES_BYTES = 80_000
NOW = datetime(2026, 11, 21, tzinfo=UTC)
LINE = re.compile(r"\d+\. /\S*.*?: found .+, expected .+")
PARAMETERS: dict[str, dict[str, Any]] = yaml.load(
    Path("templates/ec2-stack/training-stack.yaml").read_text(), yaml.BaseLoader
)["Parameters"]
CREATE_STACK: Any = (
    get_session().get_service_model("cloudformation").operation_model("CreateStack").input_shape
)
SAMPLE, ALL = 50, 10_000
QUIETLY: Any = {
    "deadline": None,
    "derandomize": True,
    "database": None,
    "suppress_health_check": list(HealthCheck),
}


@pytest.fixture
def with_script(deps: Deps, aws: EmbeddedAws, monkeypatch: pytest.MonkeyPatch) -> Deps:
    put_json(aws, SCRIPT, b"#!/bin/sh\n")
    make_subnets(aws)
    remember_answers(monkeypatch)
    return deps


def make_subnets(aws: EmbeddedAws) -> None:
    """Create the subnets that generated configs name; EC2 itself would choose their ids."""
    ec2 = aws.client("ec2")
    vpc_id = ec2.create_vpc(CidrBlock="10.7.0.0/16")["Vpc"]["VpcId"]
    for number, subnet_id in enumerate(SUBNETS):
        made = ec2.create_subnet(
            VpcId=vpc_id, CidrBlock=f"10.7.{number}.0/24", AvailabilityZone="us-east-1a"
        )["Subnet"]
        zone = ec2_backends[made["OwnerId"]]["us-east-1"].subnets[made["AvailabilityZone"]]
        zone[subnet_id] = zone.pop(made["SubnetId"])
        zone[subnet_id].id = subnet_id


@settings(max_examples=SAMPLE, **QUIETLY)
@given(config=configs())
def test_a_sample_of_configs_is_sound_or_refused(
    with_script: Deps, tmp_path: Path, config: dict[str, Any]
) -> None:
    check(with_script, tmp_path, config)


@pytest.mark.long
@settings(max_examples=ALL, **QUIETLY)
@given(config=configs())
def test_every_config_is_sound_or_refused(
    with_script: Deps, tmp_path: Path, config: dict[str, Any]
) -> None:
    check(with_script, tmp_path, config)


def test_the_largest_config_fits_into_the_payload_of_a_run(with_script: Deps) -> None:
    config = {
        "training-script-filename": SCRIPT,
        "instance-type": TYPES,
        "subnet-id": SUBNETS,
        "termination-method": ["at-fixed-time", "around-cost-threshold"],
        "termination-options": {"time-limit": 8700, "cost-limit": 1_000_000},
        "environment": {"E": "x" * 15_000},
    }
    answer = run(an_event(config), with_script)
    assert len(parts_in(part_of(answer, "job"), "offers")) == len(TYPES) * len(SUBNETS)
    size = len(json.dumps(answer).encode())
    assert size <= LARGEST_PAYLOAD_BYTES - ROOM_FOR_OTHER_STATES_BYTES
    with pytest.raises(ConfigInvalidError, match="fewer machines to choose from"):
        run(an_event({**config, "environment": {"E": "x" * 32_000}}), with_script)


@pytest.mark.parametrize("number", [10**5_000, -(10**5_000)], ids=["large", "small"])
def test_a_number_of_thousands_of_digits_is_refused(with_script: Deps, number: int) -> None:
    for key in ("hyperparameters", "environment", "_comment", "volume-size-gib", "unknown"):
        value: Any = {"A": number} if key in ("hyperparameters", "environment") else number
        with pytest.raises(ConfigInvalidError) as caught:
            run(an_event({key: value}), with_script)
        check_message(str(caught.value))


@pytest.mark.parametrize(
    "changes",
    [
        {"boot-timeout-seconds": "1e3h"},
        {"boot-timeout-seconds": {"a": 1}},
        {"hyperparameters": {"\x9b": 1, "\u202e": 2}},
    ],
)
def test_what_was_generated_once_and_was_no_violation_in_words_is_one(
    with_script: Deps, changes: dict[str, Any]
) -> None:
    with pytest.raises(ConfigInvalidError) as caught:
        run(an_event(changes), with_script)
    check_message(str(caught.value))


def check(deps: Deps, folder: Path, config: dict[str, Any]) -> bool:
    """Validate a config; nothing but a job that can be launched, or violations, may come of it.

    Return whether it is a job.
    """
    try:
        answer = run(an_event(config), deps)
    except ConfigInvalidError as err:
        check_message(str(err))
        return False
    text = json.dumps(answer, allow_nan=False)
    assert len(text.encode()) <= LARGEST_PAYLOAD_BYTES - ROOM_FOR_OTHER_STATES_BYTES
    job = Job.from_payload(json.loads(text)["job"])
    for attempt in range(len(job.offers)):
        check_launch(job.with_offer(attempt), deps)
    check_machine(job, deps, folder)
    return True


def check_message(message: str) -> None:
    first, *lines = message.splitlines()
    assert re.fullmatch(r"\d+ violations? in the training config:", first)
    assert lines
    assert len(ascii(message)) < 25_000
    assert message.encode()
    for line in lines:
        assert line.isprintable()
        assert LINE.fullmatch(line) or re.fullmatch(r"\.\.\. and \d+ more", line), line


def check_launch(job: Job, deps: Deps) -> None:
    """Look at what CloudFormation is asked for as botocore and the template itself would."""
    parameters = stack_parameters(job, Ec2StackSettings.of(deps.settings), NOW)
    for name, value in parameters.items():
        rules = PARAMETERS[name]
        assert re.fullmatch(rules.get("AllowedPattern", "(?s).*"), value), (name, value)
        assert value in rules.get("AllowedValues", [value]), (name, value)
        if rules["Type"] == "Number":
            assert (
                float(rules.get("MinValue", 0))
                <= float(value)
                <= float(rules.get("MaxValue", "inf"))
            ), (name, value)
    tags = stack_tags(job, NOW)
    assert all(0 < len(value) <= 256 for value in tags.values())
    assert re.fullmatch(r"[A-Za-z][A-Za-z0-9-]{0,127}", job.launch_name)
    request: Payload = {
        "StackName": job.launch_name,
        "Parameters": [
            {"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()
        ],
        "Tags": [{"Key": key, "Value": value} for key, value in tags.items()],
    }
    assert ParamValidator().validate(request, CREATE_STACK).generate_report() == ""


def check_machine(job: Job, deps: Deps, folder: Path) -> None:
    """Read the job as the runner does, and make the script's environment of it."""
    described = job_for_runner(job, deps.settings, MachineFacts("id", "role:id"))
    path = folder / "job.json"
    path.write_text(json.dumps(described, indent=2), encoding="utf-8")
    read = read_job(path)
    assert len(f"{job.folder.record_key}".encode()) <= 1024
    environment = script_environment(read, Folders(folder), None)
    for name, value in environment.items():
        assert "\0" not in name + value and "=" not in name
        assert os.fsencode(f"{name}={value}")
    reread = json.loads((folder / "hyperparameters.json").read_text(encoding="utf-8"))
    assert reread == job.hyperparameters
