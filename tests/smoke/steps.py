"""The steps of `make smoke`, in their order. docs/real-aws.md says what each of them decides."""

from enum import StrEnum


class Step(StrEnum):
    """What is done, and what it shows about AWS."""

    MACHINE = "machine"
    """Which instance types the Region offers, and how many jobs at once the quota allows."""
    IMAGES = "images"
    """The images that jobs boot by default resolve, each with its size and its platform."""
    DEPLOY = "deploy"
    """The deployment comes to be, as `parris deploy` makes it."""
    PRICES = "prices"
    """The price list has exactly one price for each kind of machine in use."""
    LAUNCH = "launch"
    """CloudFormation launches a job's instance with the stack role; both carry their tags."""
    TERMINATED = "terminated"
    """CloudFormation deletes a stack whose instance is terminated already."""
    JOBS = "jobs"
    """One job ends by each method, and one on a stop request."""
    LEFT = "left"
    """Nothing of the jobs is left."""
    CALLS = "calls"
    """Which calls CloudFormation made with the stack role, as far as CloudTrail knows by now."""
    CLEAN_UP = "clean-up"
    """Deployment, stacks, instances and bucket are deleted."""
