"""Properties of AWS::Batch resources in the form of Batch's API."""

from typing import Any

# Their keys are the user's.
_MAPS = frozenset({"tags", "parameters", "options"})
_NUMBERS = frozenset({"minvCpus", "maxvCpus", "desiredvCpus", "bidPercentage"})


def api_form(value: Any, name: str = "") -> Any:
    """Return properties with the names and types that the API has.

    Args:
        value: what the template has.
        name: the name of the property in the API, empty for all properties of a resource.
    """
    if name in _MAPS:
        return {key: str(one) for key, one in value.items()}
    if isinstance(value, dict):
        names = {key: key[:1].lower() + key[1:] for key in value}
        return {names[key]: api_form(one, names[key]) for key, one in value.items()}
    if isinstance(value, list):
        return [api_form(one) for one in value]
    return int(value) if name in _NUMBERS else value
