"""A resource type that moto's CloudFormation lacks, defined by three functions."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

from moto.cloudformation import parsing
from moto.core.common_models import CloudFormationModel


@dataclass(frozen=True, slots=True)
class Made:
    """A created resource: the value of its `Ref`, and its attributes."""

    physical_id: str
    attributes: dict[str, str]


class PlainModel:
    """Marks the classes that `register_type` creates."""


Create = Callable[[str, dict[str, Any], str, str], Made]
Delete = Callable[[str, str, str], None]
Update = Callable[[str, dict[str, Any], str, str], Made]


def register_type(
    type_name: str,
    create: Create,
    delete: Delete,
    attributes: tuple[str, ...] = (),
    update: Update | None = None,
) -> None:
    """Add a resource type to moto's CloudFormation, unless it has it.

    Args:
        type_name: as in templates, `AWS::SNS::Subscription`.
        create: creates it from (a generated name, properties, account id, region); without `update`
            it is called again for an update, after `delete`.
        delete: removes the resource with that physical id, in (account id, region).
        attributes: what `Fn::GetAtt` may return.
        update: changes it in place, from (its physical id, properties, account id, region).
    """
    known = {model.cloudformation_type() for model in CloudFormationModel.__subclasses__()}
    if type_name not in known:
        type(
            type_name.replace("::", ""),
            (CloudFormationModel, PlainModel),
            _methods(type_name, create, delete, attributes, update),
        )
    for cache in (parsing.get_model_list, parsing.get_model_map, parsing.get_name_type_map):
        cache.cache_clear()


def _methods(
    type_name: str,
    create: Create,
    delete: Delete,
    attributes: tuple[str, ...],
    update: Update | None,
) -> dict[str, Any]:
    def model_of(cls: Any, name: str, made: Made) -> Any:
        model = cls()
        model.resource_name = name
        model.physical_resource_id, model.attributes = made.physical_id, made.attributes
        return model

    def create_from(
        cls: Any,
        resource_name: str,
        cloudformation_json: Any,
        account_id: str,
        region_name: str,
        **kwargs: Any,
    ) -> Any:
        properties = cloudformation_json["Properties"]
        made = create(resource_name, properties, account_id, region_name)
        return model_of(cls, resource_name, made)

    def update_from(
        cls: Any,
        original_resource: Any,
        new_resource_name: str,
        cloudformation_json: Any,
        account_id: str,
        region_name: str,
    ) -> Any:
        name, physical_id = original_resource.resource_name, original_resource.physical_resource_id
        properties = cloudformation_json["Properties"]
        if update is not None:
            return model_of(cls, name, update(physical_id, properties, account_id, region_name))
        delete(physical_id, account_id, region_name)
        return model_of(cls, name, create(name, properties, account_id, region_name))

    return {
        "cloudformation_type": staticmethod(lambda: type_name),
        "cloudformation_name_type": staticmethod(lambda: ""),
        "has_cfn_attr": classmethod(lambda cls, attr: attr in attributes),
        "create_from_cloudformation_json": classmethod(cast(Any, create_from)),
        "update_from_cloudformation_json": classmethod(cast(Any, update_from)),
        "get_cfn_attribute": lambda self, name: self.attributes[name],
        "is_created": lambda self: True,
        "delete": lambda self, account, region: delete(self.physical_resource_id, account, region),
    }
