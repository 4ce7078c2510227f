"""The files of /opt/ml/input/config, from which training toolkits learn about their job."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from embedded_aws.local_container.training_request import CHECKPOINT_FOLDER, TrainingRequest

# The interface of SageMaker's own containers, which a local process does not have.
_NETWORK_INTERFACE = "eth0"


def write_config_files(request: TrainingRequest, host: str, folder: Path) -> None:
    """Write all of them into a folder, which is created."""
    folder.mkdir(parents=True, exist_ok=True)
    contents: dict[str, Mapping[str, Any]] = {
        "hyperparameters": request.hyperparameters,
        "inputdataconfig": input_data_config(request),
        "resourceconfig": resource_config(request, host),
    }
    if request.checkpoints:
        contents["checkpointconfig"] = {"LocalPath": CHECKPOINT_FOLDER, **request.checkpoints}
    for name, content in contents.items():
        (folder / f"{name}.json").write_text(json.dumps(content, indent=2), encoding="utf-8")


def input_data_config(request: TrainingRequest) -> dict[str, dict[str, str]]:
    """Return the channels as SageMaker describes them to a container."""
    return {name: _channel(request, one) for name, one in request.channels.items()}


def resource_config(request: TrainingRequest, host: str) -> dict[str, Any]:
    """Return the cluster as one of its hosts sees it."""
    own = request.group_of(host)
    return {
        "current_host": host,
        "current_instance_type": own.instance_type,
        "current_group_name": own.name,
        "hosts": request.hosts,
        "instance_groups": [
            {
                "instance_group_name": group.name,
                "instance_type": group.instance_type,
                "hosts": list(group.hosts),
            }
            for group in request.groups
        ],
        "network_interface_name": _NETWORK_INTERFACE,
    }


def _channel(request: TrainingRequest, channel: Mapping[str, Any]) -> dict[str, str]:
    source = channel.get("DataSource", {}).get("S3DataSource", {})
    described = {
        "TrainingInputMode": channel.get("InputMode") or request.input_mode,
        "S3DistributionType": source.get("S3DataDistributionType", "FullyReplicated"),
        "RecordWrapperType": channel.get("RecordWrapperType", "None"),
    }
    if channel.get("ContentType"):
        described["ContentType"] = channel["ContentType"]
    return described
