"""Runs a job's image itself, with a container engine of this machine."""

import os
from collections.abc import Callable, Mapping

from embedded_aws.inherited_environment import WITHOUT_PROXY
from embedded_aws.local_container.container import LocalContainer
from embedded_aws.local_container.description import ContainerDescription
from embedded_aws.local_container.entry import find_script
from embedded_aws.local_container.host_names import addresses_of
from embedded_aws.local_container.signals import is_signal_forwarded, warn_of_lost_signals
from embedded_aws.local_container.supervised_container import CannotStartError
from embedded_aws.local_container.variables import OPT_ML, job_variables
from embedded_aws.supervised_process import supervisor_environment

# What SageMaker gives an image as its command unless the job states arguments.
_COMMAND = "train"


class EngineEntry:
    """Describes the entry as a command of Docker or Podman.

    Args:
        program: the engine's program.
        image: the image that is run; None runs that of the job.
    """

    def __init__(self, program: str, image: str | None = None) -> None:
        """Take the engine."""
        self._program = program
        self._image = image

    def describe_entry(
        self, container: LocalContainer, log: Callable[[str], None]
    ) -> ContainerDescription:
        """Return the command that runs the image with the job's folder, variables and arguments.

        Raises:
            CannotStartError: when the job has no image.
        """
        request = container.request
        image = self._image or request.image
        if not image:
            raise CannotStartError("the job states no image, so that there is nothing to run")
        log(f"{self._program} runs {image}, with this job's folder as /opt/ml")
        command = [*request.entrypoint, *request.arguments]
        script = find_script(command, container.ml_folder)
        is_forwarded = is_signal_forwarded(request)
        warn_of_lost_signals(request, script, log)
        variables = {
            **WITHOUT_PROXY,
            **job_variables(request, container.host, OPT_ML, script[0] if script else ""),
            **request.environment,
            **container.system_variables,
        }
        engine = supervisor_environment()
        passed = {name: value for name, value in variables.items() if name not in engine}
        name = container.marker
        return ContainerDescription(
            marker=container.marker,
            command=[*self._run(container, variables, passed), image, *_words(container)],
            environment={**engine, **passed},
            working_folder=str(container.own_folder),
            log=str(container.log),
            failure=str(container.failure),
            is_forwarded=is_forwarded,
            stop_command=self._stop(name, is_forwarded),
            end_commands=[
                *self._open_files(container, image),
                [self._program, "rm", "--force", name],
            ],
        )

    def _run(
        self, container: LocalContainer, variables: Mapping[str, str], passed: Mapping[str, str]
    ) -> list[str]:
        request = container.request
        words = [self._program, "run", "--rm", "--name", container.marker]
        # Of this machine: the embedded AWS and the job's credentials are at 127.0.0.1.
        words += ["--network", "none" if request.is_isolated else "host"]
        for host, address in addresses_of(request.hosts).items():
            words += ["--add-host", f"{host}:{address}"]
        words += ["--volume", f"{container.ml_folder}:{OPT_ML}:z"]
        place = request.checkpoints.get("LocalPath", "")
        if place and not f"{place}/".startswith(f"{OPT_ML}/"):
            words += ["--volume", f"{container.ml_folder / 'checkpoints'}:{place}:z"]
        for name, value in variables.items():
            # Values are not on the command line, which every user of this machine can read.
            words += ["--env", name if name in passed else f"{name}={value}"]
        if request.entrypoint:
            words += ["--entrypoint", request.entrypoint[0]]
        return words

    def _stop(self, name: str, is_forwarded: bool) -> list[str]:
        if is_forwarded:
            return [self._program, "exec", name, "/bin/sh", "-c", "kill -TERM -1; kill -TERM 1"]
        return [self._program, "kill", "--signal", "TERM", name]

    def _open_files(self, container: LocalContainer, image: str) -> list[list[str]]:
        """Let this user delete what the container's root has written."""
        if os.geteuid() == 0:
            return []
        words = [self._program, "run", "--rm", "--volume", f"{container.ml_folder}:{OPT_ML}:z"]
        words += ["--entrypoint", "chmod", image, "-R", "a+rwX", OPT_ML]
        return [words]


def _words(container: LocalContainer) -> list[str]:
    request = container.request
    if request.entrypoint:
        return [*request.entrypoint[1:], *request.arguments]
    return list(request.arguments) or [_COMMAND]
