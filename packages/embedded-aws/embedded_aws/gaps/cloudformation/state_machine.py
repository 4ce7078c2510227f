"""AWS::StepFunctions::StateMachine is created in the executing engine, with all its properties.

moto creates it in a second store that executes nothing, knows only DefinitionString, and ignores
DefinitionS3Location, DefinitionSubstitutions, the type, logging and tracing.
"""

import json
import re
from typing import Any

import yaml
from moto.s3.models import s3_backends
from moto.stepfunctions import models
from moto.stepfunctions.parser.models import stepfunctions_parser_backends
from moto.stepfunctions.utils import cfn_to_api_tags

from embedded_aws import json_or_yaml
from embedded_aws.patching import wrap


def install() -> None:
    """Patch the store, and the creation and update of the resource."""
    wrap(models, "stepfunctions_backends", lambda original: stepfunctions_parser_backends)
    wrap(models.StateMachine, "create_from_cloudformation_json", _make_create)
    wrap(models.StateMachine, "update_from_cloudformation_json", _make_update)
    wrap(models.StateMachine, "has_cfn_attr", _make_has_cfn_attr)
    wrap(models.StateMachine, "get_cfn_attribute", _make_get_cfn_attribute)


def read_definition(properties: dict[str, Any], account_id: str) -> str:
    """Return the machine's definition as JSON, with substitutions applied."""
    if "DefinitionS3Location" in properties:
        place = properties["DefinitionS3Location"]
        found = s3_backends[account_id]["aws"].get_object(place["Bucket"], place["Key"])
        if found is None:
            raise ValueError(f"no object {place['Key']} in the bucket {place['Bucket']}")
        text = found.value.decode()
    elif "Definition" in properties:
        text = json.dumps(properties["Definition"])
    else:
        text = properties["DefinitionString"]
    # Definitions in S3 may be YAML.
    definition = json.dumps(json_or_yaml.parse(text, yaml.safe_load))
    substitutions = properties.get("DefinitionSubstitutions") or {}
    return re.sub(
        r"\$\{([A-Za-z0-9_]+)\}",
        lambda found: str(substitutions.get(found[1], found[0])),
        definition,
    )


def _make_create(original: Any) -> Any:
    def create(
        cls: Any,
        resource_name: str,
        cloudformation_json: Any,
        account_id: str,
        region_name: str,
        **kwargs: Any,
    ) -> Any:
        properties = cloudformation_json["Properties"]
        return stepfunctions_parser_backends[account_id][region_name].create_state_machine(
            properties.get("StateMachineName", resource_name),
            read_definition(properties, account_id),
            properties["RoleArn"],
            tags=cfn_to_api_tags(properties.get("Tags", [])),
            loggingConfiguration=_lower_first(properties.get("LoggingConfiguration")),
            tracingConfiguration=_lower_first(properties.get("TracingConfiguration")),
            sm_type=properties.get("StateMachineType", "STANDARD"),
        )

    return create


def _make_update(original: Any) -> Any:
    def update(
        cls: Any,
        original_resource: Any,
        new_resource_name: str,
        cloudformation_json: Any,
        account_id: str,
        region_name: str,
    ) -> Any:
        properties = cloudformation_json["Properties"]
        if properties.get("StateMachineName", original_resource.name) != original_resource.name:
            created = _make_create(None)(
                cls, new_resource_name, cloudformation_json, account_id, region_name
            )
            cls.delete_from_cloudformation_json(
                original_resource.arn, cloudformation_json, account_id, region_name
            )
            return created
        return stepfunctions_parser_backends[account_id][region_name].update_state_machine(
            original_resource.arn,
            definition=read_definition(properties, account_id),
            role_arn=properties["RoleArn"],
            logging_configuration=_lower_first(properties.get("LoggingConfiguration")),
            tracing_configuration=_lower_first(properties.get("TracingConfiguration")),
        )

    return update


def _make_has_cfn_attr(original: Any) -> Any:
    def has_cfn_attr(cls: Any, attr: str) -> bool:
        return attr == "Arn" or bool(original(cls, attr))

    return has_cfn_attr


def _make_get_cfn_attribute(original: Any) -> Any:
    def get_cfn_attribute(self: Any, attribute_name: str) -> Any:
        return self.arn if attribute_name == "Arn" else original(self, attribute_name)

    return get_cfn_attribute


def _lower_first(value: Any) -> Any:
    if isinstance(value, dict):
        return {key[0].lower() + key[1:]: _lower_first(inner) for key, inner in value.items()}
    return [_lower_first(inner) for inner in value] if isinstance(value, list) else value
