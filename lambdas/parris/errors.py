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
    """CloudFormation cannot read the person's own template. No retry: mend it."""


class SupersededError(ParrisError):
    """A later run of this job took its place while this one waited. No retry: nothing is lost."""


class StackExistsError(ParrisError):
    """A stack of this name exists that this execution did not make. No retry: delete it."""


class StackCreateFailedError(ParrisError):
    """CloudFormation could not create the stack. No retry: the message has AWS's reason."""


class CapacityUnavailableError(ParrisError):
    """AWS has no such instance to give there, or not now. Try later, or another type or subnet."""


class InstanceQuotaError(ParrisError):
    """The account may have no more of such instances. Another type may be had; or ask for more."""


class StackStatusUnknownError(ParrisError):
    """CloudFormation answered a status that is in no table of ours. No retry: the job is ended."""


class MachineStateUnknownError(ParrisError):
    """EC2 answered a state that is in no table of ours. Who is watched goes on for an hour."""


class NotOursError(ParrisError):
    """What was to be ended does not carry this execution's tag. No retry: nothing is touched."""


class AwsThrottledError(ParrisError):
    """AWS asked us to slow down. Retried with jitter."""


class AwsUnavailableError(ParrisError):
    """AWS answered 5xx or not at all. Retried with jitter."""


class AwsDeniedError(ParrisError):
    """A role lacks a permission. No retry: the message names the action."""
