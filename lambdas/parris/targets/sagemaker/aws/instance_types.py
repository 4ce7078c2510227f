"""The instance types of SageMaker training, as the service's API model lists them."""

from __future__ import annotations

from typing import Any


class InstanceTypes:
    """The instance types that this version of the API model has. AWS has no call that lists them.

    A type that is newer than the model is not among them.
    """

    def __init__(self, client: Any) -> None:
        self._client = client

    def known(self) -> frozenset[str]:
        """Return the types, without a call to AWS."""
        shape = self._client.meta.service_model.shape_for("TrainingInstanceType")
        return frozenset(shape.enum)
