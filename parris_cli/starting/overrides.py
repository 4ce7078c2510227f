"""`--set key=value`: values of the training config given on the command line."""

import json
from collections.abc import Iterable
from typing import cast

from parris.payloads import Payload
from parris.validation.read_json import TOO_DEEP, JsonTextError, read_json_object
from parris_cli.errors import RefusedError

FORM = "key=value, for instance termination-options.time-limit=0.5"


def parse_overrides(settings: Iterable[str]) -> Payload:
    """Return the settings as one object; dots in a key reach into nested objects.

    A value that is valid JSON is parsed; any other is a string.

    Raises:
        RefusedError: when a setting is malformed or contradicts an earlier one.
    """
    overrides: Payload = {}
    for setting in settings:
        key, equals, value = setting.partition("=")
        keys = key.strip().split(".")
        if not equals or not all(keys):
            raise RefusedError(f"--set {setting}: expected {FORM}")
        _put(overrides, keys, value, setting)
    return overrides


def _put(overrides: Payload, keys: list[str], value: str, setting: str) -> None:
    place = overrides
    for word in keys[:-1]:
        below = place.setdefault(word, {})
        if not isinstance(below, dict):
            raise RefusedError(f"--set {setting}: an earlier --set made {word} a plain value")
        place = below
    place[keys[-1]] = _value_of(value)


def _value_of(text: str) -> "Payload | str":
    try:
        value = json.loads(text, parse_constant=_no_number)
        if isinstance(value, dict):
            # A config's object: a key twice, or one nested too deep, is named with its place.
            return read_json_object(text.encode("utf-8", "surrogateescape"))
    except JsonTextError as err:
        raise RefusedError(f"--set: {text[:80]}: {err}") from None
    except RecursionError:
        raise RefusedError(f"--set: {text[:20]}...: {TOO_DEEP}") from None
    except ValueError:
        return text
    return cast("Payload", value)


def _no_number(word: str) -> None:
    raise ValueError(f"{word} is not JSON")
