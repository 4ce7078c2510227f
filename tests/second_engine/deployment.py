"""A real `sam build` and `sam deploy` of template.yaml into an engine, and what it did with it."""

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.architecture.definition import CLONE
from tests.second_engine.engines import REGION, Engine, client_of

DEPLOYED = "deployment/stack"
REJECTED = "deployment/config-rejected"
DEFAULT_JOB = "deployment/default-job"
CLEANED_UP = "deployment/cleanup-started"
DEPLOYMENT_CASES: Mapping[str, str] = {
    DEPLOYED: "CREATE_COMPLETE, with every resource of the template",
    REJECTED: "FAILED CONFIG_REJECTED",
    DEFAULT_JOB: "SUCCEEDED",
    CLEANED_UP: "one cleanup for each failed execution",
}
"""What is asked of an engine that the template is deployed into, and what AWS does."""

_BIN = Path(sys.executable).parent
_STACK_NAME = "parris"
_LONGEST_RUN_SECONDS = 180.0
_LONGEST_DELIVERY_SECONDS = 20.0
_POLL_SECONDS = 1.0


def layers_root(folder: Path) -> Path:
    """Make a folder with what the layers hold, where an engine does not put them under /opt."""
    for layer in ("config", "templates"):
        shutil.copytree(CLONE / layer, folder, dirs_exist_ok=True)
    return folder


def observe_deployment(engine: Engine, address: str, folder: Path) -> dict[str, str]:
    """Build, deploy, run a rejected config and the default job; return what was seen, by case.

    Args:
        engine: whose Python the layer's packages are chosen for.
        address: the engine's.
        folder: an empty one for what is built.
    """
    seen = {DEPLOYED: _deploy(engine, address, folder)}
    machine_arn = _machine_arn(address)
    if not machine_arn:
        return seen
    seen[REJECTED] = _run(address, machine_arn, {"termination-method": "no-such-method"})
    seen[DEFAULT_JOB] = _run(address, machine_arn, {})
    failed = [one for one in (seen[REJECTED], seen[DEFAULT_JOB]) if one.startswith("FAILED")]
    seen[CLEANED_UP] = _cleanups(address, len(failed))
    return seen


def _deploy(engine: Engine, address: str, folder: Path) -> str:
    (folder / "home").mkdir(parents=True)
    environment = {
        **os.environ,
        "PATH": f"{_BIN}:{os.environ['PATH']}",
        "HOME": str(folder / "home"),
        "SAM_CLI_TELEMETRY": "0",
        "AWS_ENDPOINT_URL": address,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        # The packages of this machine's Python, which is what the engine runs functions with.
        "PYTHON": str(engine.folder / "bin" / "python"),
        "PIP_PLATFORM_FLAGS": "",
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
    }
    for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_REGION"):
        environment.pop(name, None)
    built = folder / "build"
    steps = (
        ("sam", "build", "--build-dir", str(built), "--cache-dir", str(folder / "cache")),
        (
            *("sam", "deploy", "--template-file", str(built / "template.yaml")),
            *("--config-file", str(CLONE / "samconfig.toml")),
        ),
    )
    for step in steps:
        done = subprocess.run(
            step, cwd=CLONE, env=environment, capture_output=True, text=True, check=False
        )
        if done.returncode:
            output = (done.stdout + done.stderr).strip().splitlines()
            return f"sam {step[1]} failed: {output[-1] if output else done.returncode}"
    return _stack_seen(address, built / "template.yaml")


def _stack_seen(address: str, template: Path) -> str:
    formation = client_of(address, "cloudformation")
    (stack,) = formation.describe_stacks(StackName=_STACK_NAME)["Stacks"]
    pages = formation.get_paginator("list_stack_resources").paginate(StackName=_STACK_NAME)
    there = {
        one["LogicalResourceId"]: one["ResourceStatus"]
        for page in pages
        for one in page["StackResourceSummaries"]
    }
    # SAM names a layer version like the template, followed by a hash.
    missing = [
        name
        for name in _unconditional_resources(template)
        if not any(one.startswith(name) for one in there)
    ]
    undone = [name for name, status in there.items() if status != "CREATE_COMPLETE"]
    if missing or undone:
        return f"{stack['StackStatus']}, missing {missing}, not complete {undone}"
    return f"{stack['StackStatus']}, with every resource of the template"


def _unconditional_resources(template: Path) -> list[str]:
    from embedded_aws.packaging.read_template import read_template

    resources = read_template(template)["Resources"]
    return [name for name, resource in resources.items() if "Condition" not in resource]


def _machine_arn(address: str, word: str = "") -> str:
    found = client_of(address, "stepfunctions").list_state_machines()["stateMachines"]
    arns = [
        str(one["stateMachineArn"])
        for one in found
        if ("cleanup" in one["name"].lower()) == bool(word)
    ]
    return arns[0] if arns else ""


def _run(address: str, machine_arn: str, config: Mapping[str, Any]) -> str:
    steps = client_of(address, "stepfunctions")
    arn = steps.start_execution(stateMachineArn=machine_arn, input=json.dumps(config))[
        "executionArn"
    ]
    deadline = time.monotonic() + _LONGEST_RUN_SECONDS
    while (found := steps.describe_execution(executionArn=arn))["status"] == "RUNNING":
        if time.monotonic() > deadline:
            steps.stop_execution(executionArn=arn)
            return f"has not ended in {_LONGEST_RUN_SECONDS:.0f} s"
        time.sleep(_POLL_SECONDS)
    if found["status"] == "SUCCEEDED":
        return "SUCCEEDED"
    # The cause begins with the name of the Python error, where it was one that failed the run.
    name, colon, _ = str(found.get("cause", "")).partition(": ")
    is_name = bool(colon) and " " not in name
    return " ".join((found["status"], str(found.get("error")), name if is_name else "")).strip()


def _cleanups(address: str, expected: int) -> str:
    steps, machine_arn = client_of(address, "stepfunctions"), _machine_arn(address, "cleanup")
    deadline = time.monotonic() + _LONGEST_DELIVERY_SECONDS
    started = 0
    while started < expected and time.monotonic() < deadline:
        started = len(steps.list_executions(stateMachineArn=machine_arn)["executions"])
        time.sleep(_POLL_SECONDS)
    if started == expected:
        return DEPLOYMENT_CASES[CLEANED_UP]
    return f"{started} cleanups for {expected} failed executions"
