"""What a search learns from: the parameters of a trial and the value that it reached."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from parris.sweeps.search.parameters import Scalar


@dataclass(frozen=True, slots=True)
class Observation:
    """A trial that has ended. `value` is None where its training failed or has no finite value.

    Searches treat such a trial as a bad one. A trial that ended for a reason that its parameters
    have nothing to do with, such as missing capacity, is no observation.
    """

    parameters: Mapping[str, Scalar]
    value: float | None

    @property
    def finite_value(self) -> float | None:
        """The value, or None if it is not finite."""
        return self.value if self.value is not None and math.isfinite(self.value) else None
