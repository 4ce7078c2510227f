"""A deployed Parris, from whose roles a permission can be taken."""

import contextlib
import dataclasses
import json
import threading
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from embedded_aws import EmbeddedAws
from embedded_aws.permissions.authorize import find_objection
from embedded_aws.permissions.decisions import Decision, iterate_decisions
from embedded_aws.permissions.principals import Principal, iam_backend, role_principal
from parris_cli.account.clients import Account, Deployment
from tests.end_to_end.deployment import Deployed, Ended
from tests.permissions.scenarios import training_api
from tests.permissions.scenarios.launches import (
    EXECUTION_ROLE,
    OWN_ROLE,
    make_execution_role,
    make_own_role,
)
from tests.permissions.scenarios.scenario import Scenario
from tests.permissions.scenarios.starts import QUICK_JOB
from tests.permissions.scenarios.training_jobs import put_image
from tests.permissions.template_permissions import TEMPLATE, Permission, without

STACK = "parris"
RUN_SECONDS = 300
LOOK_SECONDS = 0.2


class StrictAccount:
    """One embedded AWS with the template deployed, roles enforced."""

    def __init__(self, aws: EmbeddedAws, folder: Path) -> None:
        self.aws = aws
        roles = f"arn:aws:iam::{aws.settings.account_id}:role"
        # A template of one's own brings the deployment's role into play, all else its own.
        parameters = {
            "AllowedTrainerRoleArns": f"{roles}/{OWN_ROLE}",
            "RolePerJob": "true",
            "AllowedSageMakerRoleArns": f"{roles}/{EXECUTION_ROLE}",
            "ExperimentBuckets": "another-bucket",
            "InputBuckets": "another-bucket",
            "IotTopicFilter": "buttons/+",
            "TrainingApi": "true",
            "TrainingApiAuthorization": "open-to-everyone",
            "TaskTypes": ",".join(training_api.KINDS),
            "IotInput": json.dumps(QUICK_JOB),
        }
        # Before anything else: a snapshot is restored into an untouched account only.
        outputs = aws.deploy(TEMPLATE, STACK, parameters)
        make_own_role(aws)
        make_execution_role(aws)
        put_image(aws)
        account = Account(aws.client, Deployment.from_outputs(outputs), is_embedded=True)
        folder.mkdir()
        self.deployed = Deployed(account, folder)
        resources = aws.client("cloudformation").describe_stack_resources(StackName=STACK)
        self._role_names = {
            one["LogicalResourceId"]: one["PhysicalResourceId"]
            for one in resources["StackResources"]
            if one["ResourceType"] == "AWS::IAM::Role"
        }

    def role_name(self, permission: Permission) -> str:
        """Return the name that the permission's role has in the account."""
        return str(self._role_names[permission.role])

    def take_away(self, permission: Permission) -> None:
        """Take a permission from its role."""
        name, _, reduced = self._policy_of(permission)
        self.aws.client("iam").put_role_policy(
            RoleName=self.role_name(permission), PolicyName=name, PolicyDocument=reduced
        )

    @contextlib.contextmanager
    def taken_away(self, permission: Permission) -> Iterator[None]:
        """Take a permission from its role for as long as the block lasts."""
        name, whole, _ = self._policy_of(permission)
        self.take_away(permission)
        try:
            yield
        finally:
            self.aws.client("iam").put_role_policy(
                RoleName=self.role_name(permission), PolicyName=name, PolicyDocument=whole
            )

    def run(self, scenarios: tuple[Scenario, ...]) -> list[Decision]:
        """Run scenarios, all at once, to their ends, and return the decisions meanwhile."""
        before = len(list(iterate_decisions()))
        with ThreadPoolExecutor(len(scenarios)) as threads:
            for ended in [threads.submit(one, self.deployed, self.aws) for one in scenarios]:
                ended.result()
        return list(iterate_decisions())[before:]

    def run_job(self, name: str, script: str) -> Ended:
        """Run one job to its end."""
        return self.deployed.end_of(self.deployed.start(name, script), RUN_SECONDS)

    def run_until_refused(self, scenario: Scenario, permission: Permission) -> None:
        """Start a scenario, and wait until the call is refused whose permission was taken away."""
        ends_at = time.monotonic() + RUN_SECONDS
        threading.Thread(target=self._run_quietly, args=(scenario,), daemon=True).start()
        while not self.was_refused(permission):
            assert time.monotonic() < ends_at, f"{permission} was not requested"
            time.sleep(LOOK_SECONDS)

    def was_refused(self, permission: Permission) -> bool:
        """Return whether the role was refused the action."""
        wanted = (self.role_name(permission), permission.action, False)
        decisions = iterate_decisions()
        return any((d.principal_name, d.action, d.is_allowed) == wanted for d in decisions)

    def _run_quietly(self, scenario: Scenario) -> None:
        # It cannot end well, and the account goes away while it runs.
        with contextlib.suppress(Exception):
            scenario(self.deployed, self.aws)

    def reduced_roles(self, permissions: Iterable[Permission]) -> dict[Permission, Principal]:
        """Return, for each permission, its role without it."""
        return {one: self._reduced_role(one) for one in permissions}

    def _reduced_role(self, permission: Permission) -> Principal:
        _, whole, reduced = self._policy_of(permission)
        role = role_principal(find_role_of(self.role_name(permission)).arn, "test", None)
        policies = tuple(reduced if one == whole else one for one in role.identity_policies)
        assert policies != role.identity_policies
        return dataclasses.replace(role, identity_policies=policies)

    def _policy_of(self, permission: Permission) -> tuple[str, str, str]:
        """Return the policy's name, the whole policy, and the policy without the permission."""
        role = find_role_of(self.role_name(permission))
        for name, text in role.policies.items():
            document = json.loads(text)
            if any(one["Sid"] == permission.sid for one in document["Statement"]):
                return name, text, json.dumps(without(document, permission))
        raise LookupError(f"{permission} is not deployed")


def is_needed_by(reduced: Principal, decisions: Iterable[Decision]) -> bool:
    """Return whether a role that lost a permission would have been refused what it was allowed.

    Each is asked again as who demanded it: policies name the place of a machine by `aws:userid`.
    """
    return any(
        find_objection(dataclasses.replace(reduced, user_id=one.user_id), one.demand, one.region)
        is not None
        for one in decisions
        if one.is_allowed and one.principal_name == reduced.name
    )


def find_role_of(name: str) -> Any:
    """Return moto's role of that name."""
    return next(one for one in iam_backend().roles.values() if one.name == name)
