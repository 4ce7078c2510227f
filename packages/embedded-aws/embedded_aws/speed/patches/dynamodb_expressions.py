"""Update expressions are parsed once, and their trees are searched in a fraction of moto's time.

Not a gap in behaviour. moto parses each expression twice for a request. Ten processors then go
through its tree, and for each node each of them makes its table of processing functions again.
"""

import functools
from typing import Any

from moto.dynamodb.parsing import ast_nodes, expressions

from embedded_aws.patching import wrap

_MOST_KEPT = 1024
# Neither has types.
_Parser: Any = vars(expressions)["UpdateExpressionParser"]
_Traverser: Any = vars(ast_nodes)["DepthFirstTraverser"]
_KINDS = "_kinds_to_be_processed"


def install() -> None:
    """Patch the parser, whose trees moto copies before it changes them, and the traversal."""
    wrap(_Parser, "make", _make_parse)
    wrap(_Traverser, "nodes_to_be_processed", _make_kinds)


def _make_parse(original: Any) -> Any:
    kept = functools.lru_cache(maxsize=_MOST_KEPT)(original)

    def make(cls: Any, expression: str) -> Any:
        return kept(cls, expression)

    return make


def _make_kinds(original: Any) -> Any:
    def nodes_to_be_processed(self: Any) -> Any:
        kinds = vars(self).get(_KINDS)
        if kinds is None:
            kinds = vars(self)[_KINDS] = original(self)
        return kinds

    return nodes_to_be_processed
