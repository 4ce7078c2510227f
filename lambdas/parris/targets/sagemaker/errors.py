"""An error of this target that its launch handles itself."""

from parris.errors import ParrisError


class RoleNotReadyError(ParrisError):
    """SageMaker cannot assume the role: it may have been made seconds ago. Never leaves a state."""
