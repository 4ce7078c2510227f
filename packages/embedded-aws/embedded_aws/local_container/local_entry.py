"""Runs the entry of a container as a process of this machine."""

import os
from collections.abc import Callable

from embedded_aws.inherited_environment import WITHOUT_PROXY, passed_on
from embedded_aws.local_container.container import LocalContainer
from embedded_aws.local_container.description import ContainerDescription
from embedded_aws.local_container.entry import find_script, relocate
from embedded_aws.local_container.host_names import write_hosts_file
from embedded_aws.local_container.opt_ml import OptMl, choose_opt_ml, describe
from embedded_aws.local_container.signals import is_signal_forwarded, warn_of_lost_signals
from embedded_aws.local_container.supervised_container import CannotStartError
from embedded_aws.local_container.variables import OPT_ML, job_variables

_NO_ENTRYPOINT = (
    "no image is run on this machine, and the job states no entrypoint: state `entrypoint` or a "
    "training script, or run the image itself with --in-container"
)


class LocalEntry:
    """Describes the entry as a local process.

    Args:
        opt_ml: how the job gets its /opt/ml; None chooses what the system allows.
    """

    def __init__(self, opt_ml: OptMl | None = None) -> None:
        """Take the way."""
        self._opt_ml = opt_ml

    def describe_entry(
        self, container: LocalContainer, log: Callable[[str], None]
    ) -> ContainerDescription:
        """Return the job's entrypoint with its arguments, in the environment of a container.

        Raises:
            CannotStartError: when the job has no entrypoint.
        """
        way = self._opt_ml or choose_opt_ml()
        log(describe(way, container.ml_folder))
        request = container.request
        if not request.entrypoint:
            raise CannotStartError(_NO_ENTRYPOINT)
        base = OPT_ML if way is OptMl.MOUNTED else str(container.ml_folder)
        if request.is_isolated:
            log("network isolation: the job has no credentials, but this machine's network")
        command = [*request.entrypoint, *request.arguments]
        script = find_script(command, container.ml_folder)
        warn_of_lost_signals(request, script, log)
        hosts_file = container.own_folder / "hosts"
        write_hosts_file(request.hosts, hosts_file)
        home = container.own_folder / "home"
        home.mkdir(exist_ok=True)
        return ContainerDescription(
            marker=container.marker,
            command=[relocate(word, base) for word in command],
            environment={
                **_own_variables(container),
                **job_variables(
                    request, container.host, base, relocate(script[0], base) if script else ""
                ),
                **({} if way is OptMl.MOUNTED else {"SAGEMAKER_BASE_DIR": base}),
                **{name: relocate(one, base) for name, one in request.environment.items()},
                **container.system_variables,
            },
            # An image's own working directory is not known here: no relative path finds anything.
            working_folder=str(home),
            log=str(container.log),
            failure=str(container.failure),
            mounted=str(container.ml_folder) if way is OptMl.MOUNTED else "",
            hosts_file=str(hosts_file),
            is_forwarded=is_signal_forwarded(request),
        )


def _own_variables(container: LocalContainer) -> dict[str, str]:
    """Return the variables of the machine: packages that a script installs stay in its folder."""
    own = container.own_folder
    packages, temporary = own / "packages", own / "tmp"
    temporary.mkdir(exist_ok=True)
    return {
        **passed_on(),
        **WITHOUT_PROXY,
        "PATH": f"{packages}/bin:{os.environ.get('PATH', os.defpath)}",
        "HOME": str(own / "home"),
        "TMPDIR": str(temporary),
        "PIP_TARGET": str(packages),
        "PIP_REQUIRE_VIRTUALENV": "0",
        "PIP_USER": "0",
        "PIP_ROOT_USER_ACTION": "ignore",  # pip warns root of what PIP_TARGET rules out
        "PYTHONPATH": str(packages),
        "PYTHONUNBUFFERED": "1",
    }
