"""Every error that Parris raises: its cause, whether a retry heals it, and what to do about it.

Step Functions compares the bare class name, and a subclass does not match its parent, so the state
machine lists each name that it retries or catches.
"""


class ParrisError(Exception):
    """The parent of all errors here; never raised itself."""


class ConfigInvalidError(ParrisError):
    """The training config has violations. No retry: mend the config and start again."""


class PriceUnknownError(ParrisError):
    """The price list answers nothing, several products or 0. No retry: set hourly-price-usd."""


class JobNameTakenError(ParrisError):
    """Another execution that still runs holds this job name. No retry: wait for it or stop it."""


class DeploymentEndingError(ParrisError):
    """This deployment is being deleted. No retry: nothing was launched."""


class TemplateInvalidError(ParrisError):
    """AWS cannot read the person's own template. No retry: mend it."""


class SupersededError(ParrisError):
    """A later run of this job took its place while this one waited. No retry: nothing is lost."""


class ResourceExistsError(ParrisError):
    """Something of this name exists that this execution did not make. No retry: delete it."""


class LaunchFailedError(ParrisError):
    """What the job runs on could not be launched. No retry: the message has AWS's reason."""


class CapacityUnavailableError(ParrisError):
    """AWS has no such machine to give there, or not now. Try later, or another type or zone."""


class QuotaError(ParrisError):
    """The account may have no more of such machines. Another type may be had; or ask for more."""


class ResourceStateUnknownError(ParrisError):
    """AWS answered a state of a resource that is in no table. No retry: the job is ended."""


class MachineStateUnknownError(ParrisError):
    """AWS answered a state of a machine that is in no table. Checks are repeated for an hour."""


class NotOursError(ParrisError):
    """What was to be ended does not carry this execution's tag. No retry: nothing is touched."""


class AwsThrottledError(ParrisError):
    """AWS asked us to slow down. Retried with jitter."""


class AwsUnavailableError(ParrisError):
    """AWS answered 5xx or not at all. Retried with jitter."""


class AwsDeniedError(ParrisError):
    """A role lacks a permission. No retry: the message names the action."""
