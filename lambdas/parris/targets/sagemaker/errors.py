"""An error of this target that its launch handles itself."""

from parris.errors import ParrisError


class RoleNotReadyError(ParrisError):
    """The role may not do what the job needs, or not yet: it may be new. Never leaves a state."""
