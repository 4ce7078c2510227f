"""The default driver of training jobs: each container's entry runs as a local process."""

from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from embedded_aws.context import current
from embedded_aws.local_container.container import EntryMaker, LocalContainer
from embedded_aws.local_container.credentials_server import CredentialsServer
from embedded_aws.local_container.engine_entry import EngineEntry
from embedded_aws.local_container.local_entry import LocalEntry
from embedded_aws.local_container.opt_ml import OptMl
from embedded_aws.local_container.training_request import TrainingRequest
from embedded_aws.role_credentials import RoleCredentials


class LocalContainers:
    """Makes `LocalContainer`s of the `current()` embedded AWS.

    Args:
        engine: the program of a container engine that runs the job's image; None runs the job's
            entrypoint as a process of this machine.
        image: the image that the engine runs; None runs that of each job.
        opt_ml: how a process gets its /opt/ml; None chooses what the system allows.
    """

    runs_processes = True

    def __init__(
        self,
        engine: str | None = None,
        image: str | None = None,
        *,
        opt_ml: OptMl | None = None,
    ) -> None:
        """Start nothing."""
        self._maker: EntryMaker = EngineEntry(engine, image) if engine else LocalEntry(opt_ml)

    def make_container(
        self, request: Mapping[str, Any], host: str, ml_folder: Path
    ) -> LocalContainer:
        """Return the container of one host; its credentials endpoint is already running."""
        job = TrainingRequest.parse(request)
        resources = ExitStack()
        return LocalContainer(
            request=job,
            host=host,
            ml_folder=ml_folder,
            own_folder=ml_folder.with_name(f"{ml_folder.name}-container"),
            maker=self._maker,
            system_variables=_system_variables(job, resources),
            resources=resources,
        )


LOCAL_CONTAINERS = LocalContainers()


def _system_variables(job: TrainingRequest, resources: ExitStack) -> dict[str, str]:
    context = current()
    settings = context.settings
    arn = (
        f"arn:aws:sagemaker:{settings.region}:{settings.account_id}:training-job/{job.name.lower()}"
    )
    found = {
        "TRAINING_JOB_NAME": job.name,
        "TRAINING_JOB_ARN": arn,
        "AWS_REGION": settings.region,
        "AWS_DEFAULT_REGION": settings.region,
    }
    # With network isolation a container reaches no AWS service, and has no credentials.
    if job.is_isolated:
        return found
    credentials = RoleCredentials("sagemaker.amazonaws.com", "SageMaker")
    server = CredentialsServer(job.role_arn, credentials)
    resources.callback(server.close)
    return {**found, "AWS_ENDPOINT_URL": context.endpoint_url, **server.variables}
