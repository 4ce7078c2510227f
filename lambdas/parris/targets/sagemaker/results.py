"""Whether the results of a training job are where SageMaker should have uploaded them.

SageMaker uploads `/opt/ml/model` if the script succeeded or was stopped, and `/opt/ml/output/data`
whenever there is something in it: as archives, or file by file if the output is uncompressed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from parris.errors import AwsDeniedError
from parris.targets.sagemaker.status import FAILED

if TYPE_CHECKING:
    from parris.payloads import Payload
    from parris.targets.sagemaker.aws.gateways import SageMakerGateways
    from parris.targets.sagemaker.training_job import TrainingJob


@dataclass(frozen=True, slots=True)
class Results:
    """Where the results are. `has_model` is None if the bucket cannot be read. `failed_upload` is
    why SageMaker could not upload what a stopped job had saved, or empty.
    """

    model_uri: str
    folder_uri: str
    has_model: bool | None
    is_model_expected: bool
    failed_upload: str = ""

    @property
    def note(self) -> str:
        """Return what a person should know about the results, or an empty text."""
        if self.failed_upload:
            return f"what the job saved was not uploaded: {self.failed_upload}"
        if not self.is_model_expected or self.has_model:
            return ""
        if self.has_model is None:
            return f"the model could not be verified: {self.model_uri} cannot be read"
        return f"no model is at {self.model_uri}: SageMaker uploads what is in /opt/ml/model"

    def to_payload(self) -> Payload:
        """Return the results as part of the record."""
        return {
            "model_uri": self.model_uri or None,
            "folder_uri": self.folder_uri or None,
            "has_model": self.has_model,
        }


def find_results(aws: SageMakerGateways, found: TrainingJob) -> Results:
    """Return where the results of an ended training job are, and whether the model is there."""
    folder = found.results_uri
    model = found.model_uri or (f"{folder}model.tar.gz" if folder else "")
    is_expected = found.has_begun and found.status != FAILED and bool(model)
    has_model = None
    if is_expected:
        try:
            has_model = aws.objects.has_any(model)
        except AwsDeniedError:
            has_model = None
    failed_upload = found.failure_reason if found.lost_its_upload else ""
    return Results(model, folder, has_model, is_expected, failed_upload)
