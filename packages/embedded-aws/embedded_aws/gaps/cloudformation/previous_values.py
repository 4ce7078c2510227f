"""A parameter that keeps its previous value keeps the given value, even if it is a list.

moto passes the resolved value on, and then cannot split a list again.
"""

from typing import Any

from moto.cloudformation.models import Stack

from embedded_aws.patching import wrap


def install() -> None:
    """Patch the stack's values in requests and descriptions."""
    wrap(Stack, "stack_parameters", _make_stack_parameters)
    wrap(Stack, "parameter_list", _make_parameter_list)


def given_values(declared: dict[str, Any], given: dict[str, Any]) -> dict[str, str]:
    """Return the text of every declared parameter: the given value, else its default."""
    return {
        name: str(given.get(name, declaration.get("Default", "")))
        for name, declaration in declared.items()
    }


def _make_stack_parameters(original: Any) -> Any:
    def read(self: Any) -> dict[str, str]:
        return given_values(self.template_dict.get("Parameters") or {}, self.parameters)

    return property(read)


def _make_parameter_list(original: property) -> Any:
    def read(self: Any) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = original.fget(self)  # type: ignore[misc]
        for row in rows:
            if isinstance(row["ParameterValue"], list):
                row["ParameterValue"] = ",".join(str(part) for part in row["ParameterValue"])
        return rows

    return property(read)
