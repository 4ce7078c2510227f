"""Configs that are generated from the schema: sound ones, and ones with something odd in them."""

import json
import string
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

SCHEMA: dict[str, Any] = json.loads(Path("config/training-config.schema.json").read_text())
SCRIPT = "team/train.sh"
SUBNETS = [f"subnet-{number:08x}" for number in range(10)]
TYPES = [
    *("t3.micro", "t3.small", "t3.medium", "c5.large", "m5.large"),
    *("r5.large", "g5.xlarge", "g4dn.xlarge", "c5.xlarge", "m5.xlarge"),
]

ODD_TEXTS = st.one_of(
    st.sampled_from(
        ["", " ", "\n", "\t", "\0", "\x1b[2J", "\x7f", "\x9b", "\ud800", "\udfff", "\u202e"]
    ),
    st.sampled_from(["\ufeff", "\uffff", "é" * 300, "日本", "a/../b", "..", ".", "/", "//", "a/"]),
    st.sampled_from(["null", "NaN", "1e400", "$(id)", "${AWS::Region}", "{{resolve:ssm:x}}", "%s"]),
    st.text(max_size=30),
    st.integers(1, 70_000).map(lambda length: "x" * length),
)
ODD_NUMBERS = st.one_of(
    st.sampled_from([0, -1, -0.0, 1e-320, 1e-7, 5e-324, 1e300, 1.7e308, 10**400, -(10**400)]),
    st.sampled_from([10**4_200, float("nan"), float("inf"), float("-inf"), 2**53 + 1, 0.1, 8700.0]),
    st.integers(),
    st.floats(),
)
ODD_SCALARS = st.one_of(ODD_TEXTS, ODD_NUMBERS, st.booleans(), st.none())
ODD_KEYS = st.one_of(
    ODD_TEXTS,
    st.sampled_from(
        ["A", "a-b", "a_b", "A_B", "PARRIS_JOB_ID", "BASH_ENV", "_comment", "a=b", "é"]
    ),
    st.sampled_from([*SCHEMA["properties"], "time-limit", "instance_type", "config-key"]),
)
ODD_VALUES = st.recursive(
    ODD_SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(ODD_KEYS, inner, max_size=4),
    max_leaves=8,
)
DURATIONS = st.one_of(
    st.sampled_from(["10h", "90m", "2d", "1h30m", "1.5 h", "10", "10x", "-1h", "1e3h", "10h\n"]),
    st.builds(
        lambda number, unit: f"{number}{unit}", st.integers(0, 10**6), st.sampled_from("smhd")
    ),
)


@st.composite
def deep_values(draw: st.DrawFn) -> Any:
    """A value that is nested as deep as a parser may go, or a little deeper than we take."""
    value: Any = draw(ODD_SCALARS)
    for _ in range(draw(st.sampled_from([5, 38, 39, 40, 41, 200]))):
        value = {"a": value} if draw(st.booleans()) else [value]
    return value


def of_key(key: dict[str, Any]) -> st.SearchStrategy[Any]:
    """Values that the schema allows under a key, and those on both sides of its bounds."""
    if "$ref" in key:
        return of_key(SCHEMA["$defs"][key["$ref"].rpartition("/")[2]])
    if "anyOf" in key:
        return st.one_of(*map(of_key, key["anyOf"]))
    if "enum" in key:
        return st.sampled_from(key["enum"])
    kinds = [key["type"]] if isinstance(key.get("type"), str) else key.get("type", [])
    return st.one_of(*(_of_kind(kind, key) for kind in kinds)) if kinds else ODD_VALUES


def _of_kind(kind: str, key: dict[str, Any]) -> st.SearchStrategy[Any]:
    if kind == "string" and str(key.get("$comment", "")).startswith("unit: "):
        return DURATIONS
    if kind == "string":
        texts = st.from_regex(key["pattern"], fullmatch=True) if "pattern" in key else st.text()
        examples = [one for one in key.get("examples", []) if isinstance(one, str)]
        return st.one_of(texts, texts.map(lambda text: f"{text}\n"), *map(st.just, examples))
    if kind in ("integer", "number"):
        low = key.get("minimum", key.get("exclusiveMinimum", -10))
        high = key.get("maximum", 10**6)
        edges = [low, high, low - 1, high + 1, (low + high) / 2, float(high)]
        numbers = st.integers(int(low), int(high))
        return st.one_of(st.sampled_from(edges), numbers, st.floats(low, high))
    if kind == "array":
        return st.lists(of_key(key["items"]), max_size=12)
    if kind == "object" and "properties" in key:
        keys = {name: of_key(inner) for name, inner in key["properties"].items()}
        return st.fixed_dictionaries({}, optional=keys)
    if kind == "object":
        values = (
            of_key(key["additionalProperties"]) if "additionalProperties" in key else ODD_VALUES
        )
        names = st.text(string.ascii_letters + string.digits + "_-", min_size=1, max_size=20)
        return st.dictionaries(names | ODD_KEYS, values, max_size=6)
    return st.booleans()


METHODS: st.SearchStrategy[Any] = of_key(SCHEMA["properties"]["termination-method"])
SOUND: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {
        "training-script-filename": st.just(SCRIPT),
        "instance-type": st.sampled_from(TYPES)
        | st.lists(st.sampled_from(TYPES), min_size=1, max_size=10, unique=True),
        "termination-method": METHODS,
        "termination-options": st.fixed_dictionaries(
            {
                "time-limit": st.sampled_from([1, 0.5, 8700, "10h"]),
                "cost-limit": st.integers(1, 500),
            }
        ),
    },
    optional={
        "training-job-name": st.from_regex(r"[A-Za-z0-9-]{1,100}", fullmatch=True),
        "subnet-id": st.lists(st.sampled_from(SUBNETS), min_size=1, max_size=10, unique=True),
        "hourly-price-usd": st.sampled_from([0.0010001, 0.01, 1.5, 1_000_000]),
        "purchase-option": st.sampled_from(["on-demand", "spot"]),
        "notify": of_key(SCHEMA["properties"]["notify"]),
        "environment": st.dictionaries(
            st.from_regex(r"[A-Z_]{1,8}", fullmatch=True), st.text(max_size=20), max_size=3
        ),
        "hyperparameters": st.dictionaries(
            st.text(min_size=1, max_size=8), ODD_SCALARS, max_size=4
        ),
        "_comment": st.text(max_size=20),
    },
)


@st.composite
def configs(draw: st.DrawFn) -> dict[str, Any]:
    """A sound config with up to three of its keys, or keys of nobody's, as the draw has them."""
    config = draw(SOUND)
    for _ in range(draw(st.integers(0, 3))):
        key = draw(st.sampled_from(list(SCHEMA["properties"])) | ODD_KEYS)
        known = SCHEMA["properties"].get(key)
        values = ODD_VALUES | deep_values()
        config[key] = draw(values if known is None else of_key(known) | of_key(known) | values)
    return config
