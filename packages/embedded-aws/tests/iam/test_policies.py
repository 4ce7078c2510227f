import json
import re
from typing import Any

import pytest

from embedded_aws.permissions.documents import Demand, allows, denies
from embedded_aws.permissions.errors import NotModelledError
from embedded_aws.permissions.patterns import matches
from embedded_aws_helpers.roles import allow, deny, document

TABLE = "arn:aws:dynamodb:us-east-1:123456789012:table/jobs"
READ = Demand("dynamodb:GetItem", TABLE)


def is_allowed(statement: Any, demand: Demand = READ, **context: Any) -> bool:
    known = {key.replace("__", ":"): value for key, value in context.items()}
    return allows(document(statement), demand, known)


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        (allow("dynamodb:GetItem", TABLE), True),
        (allow("DynamoDB:getitem", TABLE), True),
        (allow("dynamodb:Get*", TABLE), True),
        (allow("dynamodb:GetIte?", TABLE), True),
        (allow("*", "*"), True),
        (allow(["s3:GetObject", "dynamodb:GetItem"], TABLE), True),
        (allow("dynamodb:GetItem", ["arn:aws:s3:::b", TABLE]), True),
        (allow("dynamodb:GetItem", f"{TABLE}/*"), False),
        (allow("dynamodb:GetItem", TABLE.upper()), False),
        (allow("dynamodb:GetItem", TABLE[:-4] + "j?bs"), True),
        (allow("dynamodb:GetItem", TABLE[:-4] + "[j]obs"), False),
        (allow("dynamodb:PutItem", TABLE), False),
        ({"Effect": "Allow", "NotAction": "dynamodb:PutItem", "Resource": "*"}, True),
        ({"Effect": "Allow", "NotAction": "dynamodb:Get*", "Resource": "*"}, False),
        ({"Effect": "Allow", "Action": "*", "NotResource": "arn:aws:s3:::*"}, True),
        ({"Effect": "Allow", "Action": "*", "NotResource": TABLE}, False),
        (deny("dynamodb:GetItem", TABLE), False),
    ],
)
def test_a_statement_is_about_its_actions_on_its_resources(statement: Any, expected: bool) -> None:
    assert is_allowed(statement) is expected


def test_a_single_statement_needs_no_list() -> None:
    text = json.dumps({"Statement": allow("dynamodb:GetItem", TABLE)})
    assert allows(text, READ, {})


def test_a_denial_is_found_beside_what_allows_it() -> None:
    both = document(allow("*"), deny("dynamodb:*", TABLE))
    assert allows(both, READ, {})
    assert denies(both, READ, {})


@pytest.mark.parametrize(
    ("operator", "wanted", "found", "expected"),
    [
        ("StringEquals", "parris", "parris", True),
        ("StringEquals", "parris", "PARRIS", False),
        ("StringEquals", ["a", "parris"], "parris", True),
        ("StringEquals", "par*", "parris", False),
        ("StringEquals", "parris", None, False),
        ("StringEqualsIfExists", "parris", None, True),
        ("StringEqualsIfExists", "parris", "other", False),
        ("StringEqualsIgnoreCase", "Parris", "PARRIS", True),
        ("StringNotEquals", "parris", "other", True),
        ("StringNotEquals", ["other", "parris"], "parris", False),
        ("StringNotEquals", "parris", None, True),
        ("StringNotEqualsIfExists", "parris", "parris", False),
        ("StringLike", "par*", "parris", True),
        ("StringLike", "par?", "parris", False),
        ("StringNotLike", "par*", "parris", False),
        ("StringLikeIfExists", "par*", None, True),
        ("ArnLike", "arn:aws:iam::*:role/*", "arn:aws:iam::1:role/a/b", True),
        ("ArnLike", "arn:aws:*:role/*", "arn:aws:iam::1:role/a", False),
        ("ArnEquals", "arn:aws:iam::1:role/a", "arn:aws:iam::1:role/a", True),
        ("ArnNotLike", "arn:aws:iam::1:role/*", "arn:aws:iam::1:role/a", False),
        ("Bool", "true", "true", True),
        ("Bool", True, "true", True),
        ("Bool", "false", "true", False),
        ("Null", "true", None, True),
        ("Null", "true", "there", False),
        ("Null", "false", "there", True),
        ("ForAnyValue:StringEquals", ["a", "b"], ("b", "c"), True),
        ("ForAnyValue:StringEquals", ["a"], None, False),
        ("ForAllValues:StringEquals", ["a", "b"], ("b", "c"), False),
        ("ForAllValues:StringEquals", ["a", "b"], None, True),
    ],
)
def test_a_condition_holds_as_its_operator_says(
    operator: str, wanted: Any, found: Any, expected: bool
) -> None:
    statement = allow("*", Condition={operator: {"My:Key": wanted}})
    context = {} if found is None else {"my__key": found}
    assert is_allowed(statement, **context) is expected


def test_all_conditions_of_a_statement_must_hold() -> None:
    statement = allow("*", Condition={"StringEquals": {"a": "1", "b": "2"}})
    assert is_allowed(statement, a="1", b="2")
    assert not is_allowed(statement, a="1", b="3")


def test_an_operator_that_is_not_known_is_an_error_and_no_answer() -> None:
    statement = allow("*", Condition={"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}})
    with pytest.raises(NotModelledError, match="IpAddress"):
        is_allowed(statement)


def test_a_policy_variable_stands_for_what_is_known_of_the_request() -> None:
    statement = allow("s3:GetObject", "arn:aws:s3:::b/${aws:username}/*")
    demand = Demand("s3:GetObject", "arn:aws:s3:::b/anna/x")
    assert is_allowed(statement, demand, aws__username="anna")
    assert not is_allowed(statement, demand, aws__username="bert")
    assert not is_allowed(statement, demand)
    wild = Demand("s3:GetObject", "arn:aws:s3:::b/*/x")
    assert not is_allowed(statement, wild, aws__username="anna")
    assert is_allowed(allow("s3:GetObject", "arn:aws:s3:::b/${*}/x"), wild)


@pytest.mark.parametrize("text", ["", "a", "ab", "aab", "abab", "ba", "a.b", "a\nb", "aBa"])
@pytest.mark.parametrize(
    "pattern",
    ["", "*", "**", "a", "a*", "*b", "a*b", "a*a", "a*b*a", "*a*b*", "ab*ab", "*.*", "?", "a?*"],
)
def test_a_pattern_matches_as_its_expression_does(pattern: str, text: str) -> None:
    expression = ".*".join(map(re.escape, pattern.split("*"))).replace(r"\?", ".")
    assert matches(pattern, text, {}) == bool(re.fullmatch(expression, text, re.DOTALL))
    ignoring = bool(re.fullmatch(expression, text, re.DOTALL | re.IGNORECASE))
    assert matches(pattern, text, {}, ignore_case=True) == ignoring


def test_letters_beyond_ascii_are_compared_as_expressions_do() -> None:
    assert matches("\N{KELVIN SIGN}*", "k1", {}, ignore_case=True)
    assert not matches("\N{KELVIN SIGN}*", "k1", {})
