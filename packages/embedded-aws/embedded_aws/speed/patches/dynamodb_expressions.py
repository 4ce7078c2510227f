"""Update expressions are parsed once, and their trees are searched in a fraction of moto's time.

Not a gap in behaviour. moto parses each expression twice for a request. Ten processors then go
through its tree, and for each node each of them makes its table of processing functions again. The
first of them counts the clauses, which are the same each time.
"""

import functools
from typing import Any

from moto.dynamodb.parsing import ast_nodes, expressions, validators

from embedded_aws.patching import wrap

_MOST_KEPT = 1024
# Neither has types.
_Parser: Any = vars(expressions)["UpdateExpressionParser"]
_Traverser: Any = vars(ast_nodes)["DepthFirstTraverser"]
_Counter: Any = vars(validators)["ActionCountValidator"]
_KINDS = "_kinds_to_be_processed"
# The expression that a tree is of; moto's copies of the tree have it, too.
_TEXT = "_text_of_expression"


def install() -> None:
    """Patch the parser, whose trees moto copies before it changes them, and the traversal."""
    wrap(_Parser, "make", _make_parse)
    wrap(_Traverser, "traverse", _make_traverse)
    wrap(_Traverser, "nodes_to_be_processed", _make_kinds)


def _make_parse(original: Any) -> Any:
    @functools.lru_cache(maxsize=_MOST_KEPT)
    def parse(cls: Any, expression: str) -> Any:
        tree = original(cls, expression)
        vars(tree)[_TEXT] = expression
        return tree

    def make(cls: Any, expression: str) -> Any:
        return parse(cls, expression)

    return make


def _make_traverse(original: Any) -> Any:
    counted: set[str] = set()

    def traverse(self: Any, tree: Any) -> Any:
        text = vars(tree).get(_TEXT) if type(self) is _Counter else None
        if text in counted:
            return tree
        found = original(self, tree)  # raises where there are too many
        if text is not None and len(counted) < _MOST_KEPT:
            counted.add(text)
        return found

    return traverse


def _make_kinds(original: Any) -> Any:
    def nodes_to_be_processed(self: Any) -> Any:
        kinds = vars(self).get(_KINDS)
        if kinds is None:
            kinds = vars(self)[_KINDS] = original(self)
        return kinds

    return nodes_to_be_processed
