"""Writes the schema of configs from its parts, docs/configuration.md from the schema,
docs/commands.md from the command's parser, and the table of docs/security.md from template.yaml:
`make docs`.
"""

import json
import sys
from pathlib import Path
from typing import Any

CLONE = Path(__file__).resolve().parent.parent
SCHEMA = CLONE / "config" / "training-config.schema.json"
PAGE = CLONE / "docs" / "configuration.md"

_HEAD = """\
# The training config

<!-- Written by `make docs` from the parts of the config's schema: change those, not this. -->

A training config is one object in JSON. `parris` reads YAML as well, and uploads JSON; a deployment
reads JSON only. Keys that begin with `_` are comments. All violations of a config are reported
together, each with its place, what was found and what was expected, and nothing is created. A
value below `environment` or `hyperparameters` is never repeated.

## Which value counts

Where a key is given more than once, the first of these counts, and objects are merged key by key:

1. the execution's input (`parris run --set key=value` writes there),
2. the config in the training bucket that the input's `config-key` names (`parris run` puts yours
   there),
3. your team's `training-config.json` at the root of the training bucket, if there is one,
4. the defaults that this page documents.

A key that is required must be in the config that comes out of this, not in each of them. `null`
removes what a lower level gives: `"notify": null` in your config takes away the team's `notify`.

**Your own config stands alone.** It inherits nothing from the demo job that Parris is deployed with
(`config/training-config.json`). The demo is the base only where no level names a
`training-script-filename` and the target requires one: the input `{}` runs it, and
`{"instance-type": "c5.large"}` runs it on another machine. A config that is given to `parris run`
is always your own. Choosing another `termination-method` over the demo leaves its limits out.

A method needs its limit: `at-fixed-time` without a `time-limit`, `at-clock-time` without a
`clock-time`, or `around-cost-threshold` without a `cost-limit`, is a violation.

**Durations.** Where a key counts hours or seconds, it also takes a duration in double quotes: a
number and a unit, `s`, `m`, `h` or `d`, such as `"10h"`, `"90m"`, `"2d"` or `"1h30m"`. A number in
quotes without a unit is a violation.
"""


def configuration_page(schema: dict[str, Any]) -> str:
    """Return the whole page for a schema."""
    keys = _keys(schema, prefix="", definitions=schema.get("$defs", {}))
    table = ["| Key | What it is | Required |", "|---|---|---|"]
    for key in keys:
        required = key["required"] or "no"
        table.append(
            f"| [`{key['name']}`](#{_anchor(key['name'])}) | {key['title']} | {required} |"
        )
    sections = [_section(key) for key in keys]
    return "\n".join([_HEAD, "## All keys", "", *table, "", *sections]).rstrip() + "\n"


def _keys(schema: dict[str, Any], prefix: str, definitions: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for name, key in schema.get("properties", {}).items():
        found.append(
            {
                "name": prefix + name,
                "title": key["title"],
                # Markdown would take <name> for a tag and show nothing.
                "description": key["description"].replace("<", "\\<"),
                "required": _required(name, schema),
                "facts": [*_only_with(name, schema), *_facts(key, definitions)],
            }
        )
        found += _keys(key, prefix=f"{prefix}{name}.", definitions=definitions)
    return found


def _required(name: str, schema: dict[str, Any]) -> str:
    """Return for which jobs a key is required, empty for none."""
    if name in schema.get("required", []):
        return "yes"
    targets = [_target_in(rule) for rule in _rules(schema) if name in rule["then"]["required"]]
    return f"with {' and '.join(map(_code, targets))}" if targets else ""


def _only_with(name: str, schema: dict[str, Any]) -> list[str]:
    """Return the fact that only some targets have a key, none where all have it."""
    rules = _rules(schema)
    having = [rule for rule in rules if rule["then"].get("properties", {}).get(name) is not False]
    if len(having) == len(rules):
        return []
    return [f"Only with target {' and '.join(_code(_target_in(rule)) for rule in having)}"]


def _rules(schema: dict[str, Any]) -> list[dict[str, Any]]:
    return list(schema.get("allOf", []))


def _target_in(rule: dict[str, Any]) -> str:
    return str(rule["if"]["properties"]["target"]["const"])


def _facts(key: dict[str, Any], definitions: dict[str, Any]) -> list[str]:
    if "by-target" in key:
        return [
            f"With {_code(target)}: {'. '.join(_facts(meaning, definitions))}"
            for target, meaning in key["by-target"].items()
        ]
    facts = [f"Value: {_kind(key, definitions)}"]
    comment = key.get("$comment", "")
    if comment.startswith("unit: "):
        facts.append(f"Unit: {comment.removeprefix('unit: ')}")
    elif comment:
        facts.append(comment)
    facts += [f"{word}: {_said(key[name])}" for name, word in _BOUNDS if name in key]
    if "examples" in key:
        facts.append("Example: " + " or ".join(f"`{json.dumps(one)}`" for one in key["examples"]))
    if "default" in key:
        facts.append(f"Default: {_code(key['default'])}")
    return facts


_BOUNDS = (
    ("exclusiveMinimum", "More than"),
    ("minimum", "At least"),
    ("maximum", "At most"),
    ("x-expected", "Form"),
)


def _kind(key: dict[str, Any], definitions: dict[str, Any]) -> str:
    if "$ref" in key:
        return _kind(definitions[key["$ref"].rpartition("/")[2]], definitions)
    if "enum" in key:
        return " or ".join(_code(choice) for choice in key["enum"])
    if "const" in key:
        return f"only {_code(key['const'])}"
    for word in ("anyOf", "oneOf"):
        if word in key:
            return "; or ".join(_kind(choice, definitions) for choice in key[word])
    if key.get("type") == "array":
        return f"a list, each entry: {_kind(key['items'], definitions)}"
    kinds = {
        "string": "a string",
        "integer": "a whole number",
        "number": "a number",
        "boolean": "true or false",
        "object": "an object",
    }
    named = [key["type"]] if isinstance(key["type"], str) else key["type"]
    return " or ".join(kinds[name] for name in named)


def _section(key: dict[str, Any]) -> str:
    how = {"": "", "yes": " (required)"}
    required = how.get(key["required"], f" (required {key['required']})")
    facts = "\n".join(f"- {fact}" for fact in key["facts"])
    return f"### {key['name']}\n\n**{key['title']}**{required}. {key['description']}\n\n{facts}\n"


def _said(value: object) -> str:
    return value if isinstance(value, str) else _code(value)


def _code(value: object) -> str:
    return f"`{value if isinstance(value, str) else json.dumps(value)}`"


def _anchor(name: str) -> str:
    return name.replace(".", "").lower()


if __name__ == "__main__":
    sys.path.insert(0, str(CLONE))
    from docs.commands_page import commands_page
    from docs.config_schema import schema_text
    from docs.roles_table import with_roles_table
    from parris_cli.command_line import make_parser

    SCHEMA.write_text(schema_text())
    PAGE.write_text(configuration_page(json.loads(SCHEMA.read_text())))
    SECURITY = CLONE / "docs" / "security.md"
    SECURITY.write_text(with_roles_table(SECURITY.read_text(), CLONE / "template.yaml"))
    COMMANDS = CLONE / "docs" / "commands.md"
    COMMANDS.write_text(commands_page(make_parser()))
    written = (SCHEMA, PAGE, SECURITY, COMMANDS)
    print("wrote", *(path.relative_to(CLONE) for path in written))
