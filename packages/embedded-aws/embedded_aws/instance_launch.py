"""How CloudFormation's handler launches the instance of a stack; configurable, as undocumented.

AWS documents which calls the handler may make, not which it makes for given properties. A template
that must work in an account has to work with each of these.
"""

from dataclasses import dataclass
from enum import StrEnum


class TagsBy(StrEnum):
    """Which tags of an instance and its volumes are set by RunInstances itself."""

    RUN_INSTANCES = "run-instances"
    INSTANCE_ALONE = "instance-alone"
    CREATE_TAGS = "create-tags"


@dataclass(frozen=True, slots=True)
class InstanceLaunch:
    """One way in which CloudFormation may launch an instance.

    `tags_by`: tags that RunInstances does not set are set by CreateTags afterwards.
    `is_thorough`: make every call that the handler's schema lists for a property that is set.
    `are_template_tags_seen`: the tags of a launch template count as aws:RequestTag.
    """

    tags_by: TagsBy = TagsBy.RUN_INSTANCES
    is_thorough: bool = False
    are_template_tags_seen: bool = True
