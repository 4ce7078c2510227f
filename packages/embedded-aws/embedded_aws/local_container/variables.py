"""The environment variables of a container, in both dialects of SageMaker's training toolkits.

SageMaker sets TRAINING_JOB_NAME, TRAINING_JOB_ARN and the request's Environment. The variables SM_*
come from the toolkit in an image (SM_HP_LEARNING-RATE) or from version 3 of the SageMaker SDK
(SM_HP_LEARNING_RATE); without Docker there is neither, so all of them are set here.
"""

import json
import os
import subprocess
from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Any

from embedded_aws.local_container.config_files import input_data_config, resource_config
from embedded_aws.local_container.training_request import TrainingRequest

OPT_ML = "/opt/ml"
CODE_CHANNEL = "code"
# Hyperparameters of the toolkit itself, which scripts do not get.
_TOOLKIT_PREFIX = "sagemaker_"
_LOG_LEVEL = 20
_MASTER_PORT = 7777


def job_variables(
    request: TrainingRequest, host: str, base: str, script: str = ""
) -> dict[str, str]:
    """Return the variables SM_*.

    Args:
        request: the job.
        host: the host that they are for.
        base: the folder that is /opt/ml for the job.
        script: the path of the training script, if it is known.
    """
    found = {**_places(request, host, base), **_cluster(request, host), **_machine()}
    found |= {**_script(request, base, script), **_hyperparameters(request)}
    found["training_env"] = {
        name: value for name, value in found.items() if not name.startswith(("hp_", "channel_"))
    } | {
        "job_name": request.name,
        "hyperparameters": found["hps"],
        "channel_input_dirs": {name: f"{base}/input/data/{name}" for name in request.channels},
    }
    return {f"SM_{name.upper()}": _text(value) for name, value in found.items()}


def _places(request: TrainingRequest, host: str, base: str) -> dict[str, Any]:
    # The toolkit gives each host of several a folder of its own.
    output_data = f"{base}/output/data" + (f"/{host}" if len(request.hosts) > 1 else "")
    return {
        "model_dir": f"{base}/model",
        "input_dir": f"{base}/input",
        "input_data_dir": f"{base}/input/data",
        "input_config_dir": f"{base}/input/config",
        "output_dir": f"{base}/output",
        "output_data_dir": output_data,
        "output_intermediate_dir": f"{base}/output/intermediate",
        "output_failure": f"{base}/output/failure",
        "channels": sorted(request.channels),
        "input_data_config": input_data_config(request),
        **{f"channel_{name}": f"{base}/input/data/{name}" for name in request.channels},
    }


def _cluster(request: TrainingRequest, host: str) -> dict[str, Any]:
    own, resources = request.group_of(host), resource_config(request, host)
    return {
        "hosts": request.hosts,
        "host_count": len(request.hosts),
        "current_host": host,
        "current_host_rank": request.hosts.index(host),
        "current_instance_type": own.instance_type,
        "current_instance_group": own.name,
        "current_instance_group_hosts": list(own.hosts),
        "instance_groups": [group.name for group in request.groups],
        "instance_groups_dict": {
            group["instance_group_name"]: group for group in resources["instance_groups"]
        },
        "distribution_instance_groups": [],
        "is_hetero": len(request.groups) > 1,
        "master_addr": request.hosts[0],
        "master_port": _MASTER_PORT,
        "network_interface_name": resources["network_interface_name"],
        "resource_config": resources,
    }


def _machine() -> dict[str, Any]:
    return {
        "num_cpus": os.cpu_count() or 1,
        "num_gpus": _count_gpus(),
        "num_neurons": 0,
        "log_level": _LOG_LEVEL,
        "framework_module": "",
        "framework_params": {},
    }


def _script(request: TrainingRequest, base: str, script: str) -> dict[str, Any]:
    folder = f"{base}/input/data/{CODE_CHANNEL}"
    if CODE_CHANNEL not in request.channels:
        return {"module_dir": f"{base}/code"}
    if not script:
        return {"module_dir": folder, "source_dir": folder}
    inside = script.removeprefix(f"{folder}/")
    return {
        "module_dir": folder,
        "source_dir": folder,
        "module_name": PurePosixPath(inside).stem,
        "user_entry_point": inside,
        "entry_script": inside,
    }


def _hyperparameters(request: TrainingRequest) -> dict[str, Any]:
    hps = {
        name: _value(text)
        for name, text in request.hyperparameters.items()
        if not name.startswith(_TOOLKIT_PREFIX)
    }
    return {
        "hps": hps,
        "user_args": _as_arguments(hps),
        **{f"hp_{name.replace('-', '_')}": value for name, value in hps.items()},
        **{f"hp_{name}": value for name, value in hps.items()},
    }


def _as_arguments(hps: Mapping[str, Any]) -> list[str]:
    arguments = []
    for name in sorted(hps):
        value = hps[name]
        if isinstance(value, dict):
            value = ",".join(f"{key}={value[key]}" for key in sorted(value))
        arguments += [f"--{name}" if len(name) > 1 else f"-{name}", str(value)]
    return arguments


def _value(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    return "" if value is None else json.dumps(value, sort_keys=True, separators=(",", ":"))


def _count_gpus() -> int:
    try:
        listed = subprocess.run(
            ["nvidia-smi", "--list-gpus"], capture_output=True, check=True, text=True, timeout=20
        )
    except (OSError, subprocess.SubprocessError):
        return 0
    return sum(line.startswith("GPU ") for line in listed.stdout.splitlines())
