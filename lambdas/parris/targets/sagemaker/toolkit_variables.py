"""The variables SM_* by which scripts for SageMaker find their folders, channels and parameters.

On AWS the training toolkit in an image sets them, or the SageMaker SDK's own start script. The
entrypoint of our jobs is the script itself, which takes the place of both, so the request sets what
is the same on every host, under the names that both use.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from parris.payloads import Json

_BASE = "/opt/ml"
_MASTER_PORT = 7777
MOST_VARIABLES, _LONGEST_VALUE = 100, 512
"""Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateTrainingJob.html"""

_NAME = re.compile(r"[A-Z_][A-Z0-9_]*")


def toolkit_variables(
    channels: Iterable[str],
    hyperparameters: Mapping[str, Json],
    arguments: Sequence[str],
    instance_count: int,
    most: int,
) -> dict[str, str]:
    """Return as many of the variables as a request may have, the important ones first.

    Args:
        channels: the names of the input channels.
        hyperparameters: those of the config, with their types.
        arguments: the script's arguments.
        instance_count: on how many instances the job runs.
        most: how many variables may be returned.
    """
    names = sorted(channels)
    found: dict[str, Json] = {
        "MODEL_DIR": f"{_BASE}/model",
        "OUTPUT_DATA_DIR": f"{_BASE}/output/data",
        **{f"CHANNEL_{_upper(name)}": f"{_BASE}/input/data/{name}" for name in names},
        **{f"HP_{_upper(name)}": value for name, value in hyperparameters.items()},
        "HPS": dict(hyperparameters),
        "USER_ARGS": list(arguments),
        "CHANNELS": [*names],
        "INPUT_DIR": f"{_BASE}/input",
        "INPUT_DATA_DIR": f"{_BASE}/input/data",
        "INPUT_CONFIG_DIR": f"{_BASE}/input/config",
        "OUTPUT_DIR": f"{_BASE}/output",
        "OUTPUT_FAILURE": f"{_BASE}/output/failure",
        "MASTER_ADDR": "algo-1",
        "MASTER_PORT": _MASTER_PORT,
        "HOST_COUNT": instance_count,
        **(_ONLY_HOST if instance_count == 1 else {}),
    }
    texts = {f"SM_{name}": _text(value) for name, value in found.items()}
    fit = {
        name: text
        for name, text in texts.items()
        if _NAME.fullmatch(name) and len(text) <= _LONGEST_VALUE
    }
    return dict(list(fit.items())[: max(0, most)])


_ONLY_HOST: dict[str, Json] = {
    "HOSTS": ["algo-1"],
    "CURRENT_HOST": "algo-1",
    "CURRENT_HOST_RANK": 0,
}


def _upper(name: str) -> str:
    # A variable of a request cannot have a hyphen, as the toolkit's own can.
    return name.replace("-", "_").upper()


def _text(value: Json) -> str:
    if isinstance(value, str):
        return value
    return json.dumps(value, sort_keys=True, separators=(",", ":"))
