"""The engine reuses its clients and its parsed paths and definitions, and copies JSON fast.

moto creates a client for every task (most of a task's cost) and a parser for every JSONPath, though
nearly all are only names, and parses the definition for each execution, its indentation character
by character. It copies inputs and events with deepcopy, and sends each call over HTTP to
`localhost`, which some machines look up first as an IPv6 address.
"""

import copy
import functools
import re
import sys
import threading
from types import SimpleNamespace
from typing import Any

from antlr4 import CommonTokenStream, InputStream
from antlr4.atn.PredictionMode import PredictionMode
from antlr4.error.Errors import ParseCancellationException
from antlr4.error.ErrorStrategy import BailErrorStrategy
from botocore.config import Config
from jsonpath_ng import Child, Fields, Root
from jsonpath_ng.ext.parser import ExtendedJsonPathParser
from jsonpath_ng.parser import JsonPathParser
from moto.stepfunctions.parser.asl.antlr.runtime.ASLLexer import ASLLexer
from moto.stepfunctions.parser.asl.antlr.runtime.ASLParser import ASLParser
from moto.stepfunctions.parser.asl.component.common.path import result_path
from moto.stepfunctions.parser.asl.component.common.string import string_expression
from moto.stepfunctions.parser.asl.component.state.exec import execute_state
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service import (
    state_task_service,
)
from moto.stepfunctions.parser.asl.eval import states
from moto.stepfunctions.parser.asl.eval.event import event_manager
from moto.stepfunctions.parser.asl.parse.asl_parser import AmazonStateLanguageParser
from moto.stepfunctions.parser.asl.parse.preprocessor import Preprocessor
from moto.stepfunctions.parser.asl.static_analyser.static_analyser import StaticAnalyser
from moto.stepfunctions.parser.asl.utils import boto_client, json_path

from embedded_aws.context import current
from embedded_aws.in_process_calls import call_in_process
from embedded_aws.own_clients import make_client
from embedded_aws.patching import wrap
from embedded_aws.permissions.engine_key import engine_key
from embedded_aws.speed.parsed_definitions import copy_states, keep_states

_making = threading.Lock()
_TEXT_OR_SPACE = re.compile(r'("(?:[^"\\]|\\.)*")|\s+')
_IMMUTABLE = frozenset({str, int, bool, float, type(None)})
_PLAIN_PATH = re.compile(r"\$(\.[A-Za-z_][A-Za-z0-9_]*)*")
# What may not be a name there.
_OPERATOR = re.compile(r"where|true|false|null")
_COPYING = (
    event_manager,
    execute_state,
    result_path,
    state_task_service,
    states,
    string_expression,
)


def install() -> None:
    """Patch the engine's client factory, wherever it was imported by name, parsers and copies."""
    original = boto_client.boto_client_for
    wrap(boto_client, "boto_client_for", _make_client_for)
    for name, module in list(sys.modules.items()):
        if name.startswith("moto.stepfunctions.") and (
            getattr(module, "boto_client_for", None) is original
        ):
            module.boto_client_for = boto_client.boto_client_for  # type: ignore[attr-defined]
    wrap(json_path, "parse", _one_parser(ExtendedJsonPathParser))
    wrap(result_path, "parse", _one_parser(JsonPathParser))
    wrap(AmazonStateLanguageParser, "parse", _make_parse_definition)
    wrap(StaticAnalyser, "analyse", _make_analyse)
    for module in _COPYING:
        wrap(module, "copy", _make_copy)


def _make_client_for(original: Any) -> Any:
    def boto_client_for(region: str, service: str, state_credentials: Any = None) -> Any:
        with _making:  # one for all simultaneous requests
            key = engine_key(state_credentials)
            return _client_at(current().endpoint_url, region, service, *key)

    return boto_client_for


@functools.cache
def _client_at(
    endpoint_url: str, region: str, service: str, key_id: str, secret: str, token: str
) -> Any:
    return call_in_process(
        make_client(
            service,
            endpoint_url=endpoint_url,
            region_name=region,
            aws_access_key_id=key_id,
            aws_secret_access_key=secret,
            aws_session_token=token,
            config=Config(parameter_validation=False, retries={"total_max_attempts": 1}),
        )
    )


def _one_parser(parser_class: type[JsonPathParser]) -> Any:
    """Keep one parser and what it has parsed: a new parser reads its tables for each path."""

    def make_parse(original: Any) -> Any:
        parser, parsing = parser_class(), threading.Lock()

        @functools.lru_cache(maxsize=4096)
        def parse(path: str) -> Any:
            names = _names_of(path)
            if names is not None:
                return functools.reduce(_child_of, names, Root())
            with parsing:  # a parser keeps its state in itself
                return parser.parse(path)

        return parse

    return make_parse


def _names_of(path: str) -> list[str] | None:
    """Return the names of a path that has nothing else, which nearly all have."""
    names = path.split(".")[1:]
    is_plain = _PLAIN_PATH.fullmatch(path) and not any(map(_OPERATOR.match, names))
    return names if is_plain else None


def _child_of(parent: Any, name: str) -> Any:
    return Child(parent, Fields(name))


def _make_parse_definition(original: Any) -> Any:
    def parse(definition: str) -> Any:
        """Return the states, and None for the tree, which only `analyse` reads."""
        states = copy_states(definition)
        if states is None:
            try:
                tree = _read_quickly(definition)
            except ParseCancellationException:
                tree = original(definition)[1]  # reports lines and all errors
            states = Preprocessor().visit(tree)
            keep_states(definition, states)
        return states, None

    return parse


def _make_analyse(original: Any) -> Any:
    def analyse(self: StaticAnalyser, definition: str) -> None:
        parse: Any = AmazonStateLanguageParser.parse
        self.visit(parse.__wrapped__(definition)[1])

    return analyse


def _read_quickly(definition: str) -> Any:
    """Return the tree of a definition without its white space, by ANTLR's faster mode of two.

    Raises:
        ParseCancellationException: when that mode fails, even if the definition is valid.
    """
    shortest = _TEXT_OR_SPACE.sub(r"\1", definition)
    parser = ASLParser(CommonTokenStream(ASLLexer(InputStream(shortest))))
    parser.removeErrorListeners()
    parser._interp.predictionMode = PredictionMode.SLL
    parser._errHandler = BailErrorStrategy()
    return parser.state_machine()  # type: ignore[no-untyped-call]


def _make_copy(original: Any) -> Any:
    return SimpleNamespace(**{**vars(original), "deepcopy": _copied})


def _copied(value: Any) -> Any:
    """Return a copy that shares nothing mutable with the original."""
    kind = type(value)
    if kind is dict:
        return {
            name: inner if type(inner) in _IMMUTABLE else _copied(inner)
            for name, inner in value.items()
        }
    if kind is list:
        return [inner if type(inner) in _IMMUTABLE else _copied(inner) for inner in value]
    return value if kind in _IMMUTABLE else copy.deepcopy(value)
