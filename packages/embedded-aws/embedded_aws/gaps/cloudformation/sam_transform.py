"""Templates with `Transform: AWS::Serverless-2016-10-31` are transformed on arrival.

AWS runs the SAM transform itself; moto ignores every AWS::Serverless resource with a warning and
reports the stack as complete.
"""

import functools
import json
import pickle
import threading
from typing import Any

import boto3
from moto.cloudformation.exceptions import ValidationError
from moto.cloudformation.models import ChangeSet, Stack

from embedded_aws import json_or_yaml
from embedded_aws.context import current
from embedded_aws.patching import wrap

SAM = "AWS::Serverless-2016-10-31"
_transforming = threading.Lock()


def install() -> None:
    """Patch how stacks and change sets read their template."""
    wrap(Stack, "__init__", _make_init)
    wrap(Stack, "_parse_template", _make_parse_template)
    wrap(Stack, "has_template", _make_has_template)
    wrap(ChangeSet, "_parse_template", _make_parse_template)


def read_template(body: str, parameters: dict[str, Any]) -> dict[str, Any]:
    """Parse a template and apply the SAM transform if the template requests it.

    Raises:
        ValidationError: when the transform refuses the template.
    """
    # Kept as bytes, of which each caller gets a copy: a copy of the objects would take ten times as
    # long, and parsing YAML takes a hundred times as long.
    found: dict[str, Any] = pickle.loads(_parsed(body))
    transforms = found.get("Transform") or []
    if SAM in ([transforms] if isinstance(transforms, str) else transforms):
        found = pickle.loads(_transformed(body, json.dumps(parameters, sort_keys=True)))
    return found


@functools.lru_cache(maxsize=64)
def _parsed(body: str) -> bytes:
    return pickle.dumps(json_or_yaml.parse(body, Stack.parse_template))


@functools.lru_cache(maxsize=64)
def _transformed(body: str, parameters_json: str) -> bytes:
    with _transforming:  # samtranslator keeps state of its own in module globals
        return pickle.dumps(_transform(pickle.loads(_parsed(body)), json.loads(parameters_json)))


def _transform(template: dict[str, Any], parameters: dict[str, Any]) -> dict[str, Any]:
    # Imported here: it takes a third of a second, which a restored deployment does not need.
    from samtranslator.model.exceptions import InvalidDocumentException
    from samtranslator.parser.parser import Parser
    from samtranslator.translator.translator import Translator
    from samtranslator.utils.py27hash_fix import (
        to_py27_compatible_template,
        undo_mark_unicode_str_in_template,
    )

    to_py27_compatible_template(template, parameters)
    session = boto3.session.Session(region_name=current().settings.region)
    translator = Translator(None, Parser(), boto_session=session)
    try:
        transformed = translator.translate(
            template, parameter_values=parameters, get_managed_policy_map=dict
        )
    except InvalidDocumentException as error:
        causes = "; ".join(str(cause.message) for cause in error.causes)
        raise ValidationError(
            message=f"Transform {SAM} failed with: Invalid Serverless Application Specification "
            f"document. {causes}"
        ) from error
    finally:
        translator.metrics.publish()  # to no one; it warns if it is not called
    plain: dict[str, Any] = json.loads(json.dumps(undo_mark_unicode_str_in_template(transformed)))
    plain.pop("Transform", None)
    return plain


def _make_init(original: Any) -> Any:
    def init(self: Any, *args: Any, **kwargs: Any) -> None:
        self.parameters = kwargs.get("parameters") or {}  # moto sets it only after parsing
        original(self, *args, **kwargs)

    return init


def _make_parse_template(original: Any) -> Any:
    def parse_template(self: Any) -> None:
        self.template_dict = read_template(self.template, self.parameters)

    return parse_template


def _make_has_template(original: Any) -> Any:
    def has_template(self: Any, other_template: str) -> bool:
        mine = read_template(self.template, self.parameters)
        return mine == read_template(other_template, self.parameters)

    return has_template
