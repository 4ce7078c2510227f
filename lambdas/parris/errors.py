"""All errors that Parris raises: the cause, whether they are retried, and what to do.

Step Functions compares the bare class name, and a subclass does not match its parent. So the state
machine lists each name that it retries or catches.
"""


class ParrisError(Exception):
    """Base class of all errors; never raised itself."""


class ConfigInvalidError(ParrisError):
    """The training config has violations. Not retried: fix the config and start the job again."""


class PriceUnknownError(ParrisError):
    """The price list has no price, several, or a price of 0. Not retried: set hourly-price-usd."""


class JobNameTakenError(ParrisError):
    """Another running execution holds this job name. Not retried: wait for it or stop it."""


class DeploymentEndingError(ParrisError):
    """This deployment is being deleted. Not retried: nothing was launched."""


class TemplateInvalidError(ParrisError):
    """AWS rejects the user's own template. Not retried: fix the template."""


class SupersededError(ParrisError):
    """A later run of this job replaced this one while it waited. Not retried: nothing is lost."""


class StopRequestedError(ParrisError):
    """A stop was requested before the run launched again. Not retried: the job is ended."""


class ResourceExistsError(ParrisError):
    """A resource of this name exists that this execution did not create. Not retried: delete it."""


class ResourceBusyError(ParrisError):
    """What the job needs serves another job, until the time in the message. Not retried."""


class LaunchFailedError(ParrisError):
    """The launch of the job failed. Not retried: the message has AWS's reason."""


class CapacityUnavailableError(ParrisError):
    """AWS has no capacity for this machine there. Try later, or another type or zone."""


class QuotaError(ParrisError):
    """The account's quota for such machines is used up. Use another type, or raise the quota."""


class ResourceStateUnknownError(ParrisError):
    """AWS returned a resource state that Parris does not know. Not retried: the job is ended."""


class MachineStateUnknownError(ParrisError):
    """AWS returned a machine state that Parris does not know. Checks are repeated for an hour."""


class NotOursError(ParrisError):
    """A resource lacks this execution's tag. Not retried: the resource is not touched."""


class AwsThrottledError(ParrisError):
    """AWS throttled the call. Retried with jitter."""


class AwsUnavailableError(ParrisError):
    """AWS returned a 5xx status or did not respond. Retried with jitter."""


class AwsDeniedError(ParrisError):
    """A role lacks a permission. Not retried: the message names the action."""


REFUSALS = frozenset(
    one.__name__
    for one in (JobNameTakenError, DeploymentEndingError, ResourceExistsError, ResourceBusyError)
)
"""With these a run is refused: it launches nothing, and what it met goes on untouched."""
