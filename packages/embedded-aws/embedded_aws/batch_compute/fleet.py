"""The instances that Batch has started: jobs get room on them, and idle ones end."""

import threading
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from moto.ec2.models import ec2_backends

from embedded_aws.batch_compute import blocked
from embedded_aws.batch_compute.host import Host, Placement
from embedded_aws.batch_compute.instance_types import capacity_of, expand
from embedded_aws.batch_compute.launch import deregister, end, launch
from embedded_aws.batch_compute.resources import Resources
from embedded_aws.batch_compute.status import is_usable
from embedded_aws.context import current
from embedded_aws.fault_injection.fault import FaultKind
from embedded_aws.fault_injection.plan import faults

_SERVICE = "instances of Batch"
_making = threading.Lock()


class Fleet:
    """All instances of one embedded AWS's compute environments, and what runs on Fargate."""

    def __init__(self) -> None:
        """Have none."""
        self._hosts: dict[str, Host] = {}
        self._on_fargate: dict[str, tuple[Any, Resources]] = {}
        self._changing = threading.RLock()

    def place(
        self, environments: Iterable[Any], job_id: str, resources: Resources, platforms: set[str]
    ) -> Placement | str:
        """Give a job room on an instance, on a new one if necessary.

        Args:
            environments: moto's compute environments, in the order of the queue.
            job_id: the job.
            resources: what it reserves.
            platforms: `EC2` or `FARGATE`, as its definition has them.

        Returns:
            Its place, or why there is none; empty if it is only not its turn.
        """
        reasons = []
        with self._changing:
            for environment in environments:
                found = self._place_in(environment, job_id, resources, platforms)
                if isinstance(found, Placement):
                    return found
                reasons.append(found)
        # What may pass by itself wins over what is wrong with only some environments.
        ordered = sorted(reasons, key=lambda one: (bool(one), not one.startswith("CAPACITY")))
        return ordered[0] if ordered else blocked.NOT_USABLE

    def release(self, job_id: str) -> None:
        """Take back the room of a job, and end its instance if that stays idle."""
        with self._changing:
            self._on_fargate.pop(job_id, None)
            for host in self._hosts.values():
                if job_id in host.jobs:
                    host.release(job_id)
                    self._end_when_idle(host)

    def note_end(self, instance_id: str) -> list[str]:
        """Forget an instance that has ended; return the ids of the jobs that ran on it."""
        with self._changing:
            host = self._hosts.pop(instance_id, None)
            if host is None:
                return []
            deregister(host)
            return list(host.jobs)

    def hosts(self) -> list[Host]:
        """Return the instances."""
        with self._changing:
            return list(self._hosts.values())

    def jobs_on_fargate_spot(self) -> list[str]:
        """Return the ids of the jobs that can be interrupted without an instance."""
        with self._changing:
            found = self._on_fargate.items()
            return [
                job_id
                for job_id, (environment, _) in found
                if environment.compute_resources["type"] == "FARGATE_SPOT"
            ]

    def keep_minimum(self, environment: Any) -> None:
        """Start instances until a compute environment has its minvCpus, and end idle ones."""
        with self._changing:
            if environment.compute_resources is None or _is_fargate(environment):
                return
            types = expand(environment.compute_resources["instanceTypes"])
            least = int(environment.compute_resources.get("minvCpus") or 0)
            while self._vcpus_of(environment) < least:
                if not any(self._start(environment, one) for one in types):
                    return
            for host in self._hosts.values():
                if host.environment is environment and not host.jobs:
                    self._end_when_idle(host)

    def end_all(self, environment: Any) -> None:
        """End the instances of a compute environment that is deleted."""
        for host in self.hosts():
            if host.environment is environment:
                with self._changing:
                    self._hosts.pop(host.instance.id, None)
                end(host)

    def _place_in(
        self, environment: Any, job_id: str, resources: Resources, platforms: set[str]
    ) -> Placement | str:
        if not is_usable(environment):
            return blocked.NOT_USABLE
        if ("FARGATE" if _is_fargate(environment) else "EC2") not in platforms:
            return blocked.NO_TYPE_IS_LARGE_ENOUGH
        if resources.vcpus > float(environment.compute_resources["maxvCpus"]):
            return blocked.NO_ENVIRONMENT_IS_LARGE_ENOUGH
        if _is_fargate(environment):
            return self._place_on_fargate(environment, job_id, resources)
        for host in self._hosts.values():
            if host.environment is environment and resources.fits(host.room):
                return self._allot(host, job_id, resources)
        return self._place_on_new_host(environment, job_id, resources)

    def _place_on_fargate(
        self, environment: Any, job_id: str, resources: Resources
    ) -> Placement | str:
        if faults().is_on(FaultKind.NO_CAPACITY):
            return blocked.no_capacity(environment.compute_resources["type"])
        used = [own for one, own in self._on_fargate.values() if one is environment]
        if sum(one.vcpus for one in used) + resources.vcpus > _most_vcpus(environment):
            return ""
        self._on_fargate[job_id] = (environment, resources)
        now = current().clock.now()
        ready_at = now + timedelta(seconds=current().settings.batch_delays.instance)
        return Placement(environment, None, ready_at, _zone_of_first_subnet(environment))

    def _place_on_new_host(
        self, environment: Any, job_id: str, resources: Resources
    ) -> Placement | str:
        types = expand(environment.compute_resources["instanceTypes"])
        fitting = [one for one in types if resources.fits(capacity_of(one))]
        if not fitting:
            return blocked.NO_TYPE_IS_LARGE_ENOUGH
        left = _most_vcpus(environment) - self._vcpus_of(environment)
        affordable = [one for one in fitting if capacity_of(one).vcpus <= left]
        if not affordable:
            small = min(capacity_of(one).vcpus for one in fitting)
            is_too_small = small > _most_vcpus(environment)
            return blocked.NO_ENVIRONMENT_IS_LARGE_ENOUGH if is_too_small else ""
        for instance_type in affordable:
            host = self._start(environment, instance_type)
            if host is not None:
                return self._allot(host, job_id, resources)
        return blocked.no_capacity(affordable[0])

    def _start(self, environment: Any, instance_type: str) -> Host | None:
        host = launch(environment, instance_type)
        if host is not None:
            self._hosts[host.instance.id] = host
        return host

    def _allot(self, host: Host, job_id: str, resources: Resources) -> Placement:
        host.allot(job_id, resources)
        zone = str(host.instance.availability_zone)
        return Placement(host.environment, host, host.ready_at, zone)

    def _end_when_idle(self, host: Host) -> None:
        if host.jobs or host.cancel_end is not None:
            return
        context = current()

        def end_if_idle() -> None:
            with self._changing:
                host.cancel_end = None
                least = int(host.environment.compute_resources.get("minvCpus") or 0)
                left = self._vcpus_of(host.environment) - host.capacity.vcpus
                if host.jobs or left < least or self._hosts.get(host.instance.id) is not host:
                    return
                del self._hosts[host.instance.id]
            end(host)

        due_at = context.clock.now() + timedelta(seconds=context.settings.batch_delays.idle)
        host.cancel_end = context.clock.call_at(due_at, end_if_idle)

    def _vcpus_of(self, environment: Any) -> float:
        own = [one for one in self._hosts.values() if one.environment is environment]
        return sum(one.capacity.vcpus for one in own)


def fleet() -> Fleet:
    """Return the fleet of the `current()` embedded AWS."""
    context = current()
    with _making:
        found = context.services.get(_SERVICE)
        if not isinstance(found, Fleet):
            found = context.services[_SERVICE] = Fleet()
        return found


def _is_fargate(environment: Any) -> bool:
    return str(environment.compute_resources["type"]).startswith("FARGATE")


def _most_vcpus(environment: Any) -> float:
    return float(environment.compute_resources["maxvCpus"])


def _zone_of_first_subnet(environment: Any) -> str:
    settings = current().settings
    backend: Any = ec2_backends[settings.account_id][settings.region]
    return str(backend.get_subnet(environment.compute_resources["subnets"][0]).availability_zone)
