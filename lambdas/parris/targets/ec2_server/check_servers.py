"""Finds the servers of a config, and checks that Parris can start, use and stop them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from parris.ec2.quota_codes import quota_code_of
from parris.ec2.quota_excess import QuotaExcess
from parris.payloads import maybe_text_in
from parris.targets.ec2_server.tags import SERVER_TAG, TASK_TYPE_TAG
from parris.validation.violations import Violation, shown

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from parris.payloads import Payload
    from parris.targets.ec2_server.aws.gateways import ServerGateways
    from parris.targets.ec2_server.aws.servers import Server
    from parris.targets.ec2_server.settings import Ec2ServerSettings

SERVER_KEY, KIND_KEY = "server-id", "task-type"
_ENDED = ("shutting-down", "terminated")


@dataclass(frozen=True, slots=True)
class FoundServers:
    """The servers of a config, and the key that chooses them."""

    path: str
    servers: tuple[Server, ...] = ()
    violations: tuple[Violation, ...] = ()


def task_type_in(config: Payload, settings: Ec2ServerSettings) -> str:
    """Return the kind of task of a config, or the default one."""
    return maybe_text_in(config, KIND_KEY) or settings.default_task_type


def find_servers(config: Payload, aws: ServerGateways, settings: Ec2ServerSettings) -> FoundServers:
    """Return the server that a config names, or all of its kind, without those that are unfit.

    Args:
        config: the merged config, without invalid keys.
        aws: the gateways.
        settings: the settings of the deployment and of this target.
    """
    server_id = maybe_text_in(config, SERVER_KEY)
    if server_id is None:
        path, kind = f"/{KIND_KEY}", task_type_in(config, settings)
        found = aws.servers.of_kind(settings.deployment, kind)
        if not found:
            return FoundServers(path, (), (_no_server_of_kind(path, kind, settings),))
    else:
        path, server = f"/{SERVER_KEY}", aws.servers.find(server_id)
        found = () if server is None else (server,)
        if not found or found[0].state in _ENDED:
            expected = f"an instance in {settings.region} that has not been terminated"
            return FoundServers(path, (), (Violation(path, shown(server_id), expected),))
    violations = {one.server_id: tuple(_find_violations(path, one, aws, settings)) for one in found}
    return FoundServers(
        path,
        tuple(one for one in found if not violations[one.server_id]),
        tuple(one for of_server in violations.values() for one in of_server),
    )


def find_quota_violations(
    path: str,
    servers: Sequence[Server],
    vcpus: Mapping[str, int],
    aws: ServerGateways,
    region: str,
) -> list[Violation]:
    """Return a violation for each type that the account's quota does not allow even once.

    A quota that cannot be read is not checked: EC2 refuses the start then, and says why.
    """
    violations = []
    for kind in dict.fromkeys(one.instance_type for one in servers if one.instance_type in vcpus):
        code = quota_code_of(kind, is_spot=False)
        quota = None if code is None else aws.quotas.find(code)
        if quota is None or quota.vcpus is None or vcpus[kind] <= quota.vcpus:
            continue
        excess = QuotaExcess(kind, vcpus[kind], quota, region)
        violations.append(Violation(path, shown(kind), excess.expected))
    return violations


def key_warnings(
    servers: Sequence[Server], aws: ServerGateways, settings: Ec2ServerSettings
) -> tuple[str, ...]:
    """Return a warning for each disk whose key Parris may be unable to use at the start.

    Without the grant EC2 accepts the start, and the server falls back to stopped.
    """
    volumes = {volume_id: one for one in servers for volume_id in one.volume_ids}
    keys = aws.disks.keys_of(tuple(volumes)) if volumes else {}
    return tuple(
        f"the disk {volume_id} of {volumes[volume_id].server_id} is encrypted with {key}. If this"
        " is a key of your own, add it to the deployment's parameter KmsKeyArns, or the server"
        " cannot start"
        for volume_id, key in keys.items()
        if key not in settings.kms_key_arns
    )


def _find_violations(
    path: str, server: Server, aws: ServerGateways, settings: Ec2ServerSettings
) -> Iterator[Violation]:
    found, edit = shown(server.server_id), f"--region {settings.region}"
    if server.deployment != settings.deployment:
        yield Violation(
            path,
            found,
            f"an instance with the tag {SERVER_TAG} = {settings.deployment}: aws ec2 create-tags"
            f" {edit} --resources {server.server_id} --tags"
            f" Key={SERVER_TAG},Value={settings.deployment}",
        )
    if server.is_spot:
        yield Violation(path, found, "an on-demand instance: AWS may stop a spot instance")
    if not server.profile_arn:
        yield Violation(
            path, found, "an instance with an instance profile, whose role may fetch its jobs"
        )
    if aws.servers.shutdown_behavior_of(server.server_id) == "terminate":
        yield Violation(
            path,
            found,
            "an instance that is stopped when its system shuts down, not terminated: aws ec2"
            f" modify-instance-attribute {edit} --instance-id {server.server_id}"
            " --instance-initiated-shutdown-behavior stop",
        )


def _no_server_of_kind(path: str, kind: str, settings: Ec2ServerSettings) -> Violation:
    expected = (
        f"a kind of task for which {settings.region} has a server: an instance with the tags"
        f" {SERVER_TAG} = {settings.deployment} and {TASK_TYPE_TAG} = {kind}"
    )
    return Violation(path, shown(kind), expected)
