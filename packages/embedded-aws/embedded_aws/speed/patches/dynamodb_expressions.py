"""Update expressions are parsed once, and their trees are searched in a fraction of moto's time.

Not a gap in behaviour. moto parses each expression twice for a request, and copies its tree with a
general copier. Ten processors then go through the tree, and for each node each of them makes its
table of processing functions again and compares the node's class with abstract ones. The first two
of them only look for errors, with the same result each time.
"""

import functools
from typing import Any

from moto.dynamodb.parsing import ast_nodes, expressions, validators

from embedded_aws.patching import wrap

_MOST_KEPT = 1024
# None of these has types.
_Parser: Any = vars(expressions)["UpdateExpressionParser"]
_Node: Any = vars(ast_nodes)["Node"]
_Traverser: Any = vars(ast_nodes)["DepthFirstTraverser"]
_Counter: Any = vars(validators)["ActionCountValidator"]
_Overlaps: Any = vars(validators)["OverlappingPathsValidator"]
# The expression that a tree is of; copies of the tree have it, too.
_TEXT = "_text_of_expression"
# Set on a parsed tree, not on its copies: each node is the parent of its children.
_IS_PARSED = "_is_parsed_tree"
_PLAIN = (str, int, bool, type(None))


def install() -> None:
    """Patch the parser, what copies its trees before they are changed, and the traversal."""
    wrap(_Parser, "make", _make_parse)
    wrap(validators, "deepcopy", _make_deepcopy)
    wrap(_Traverser, "traverse", _make_traverse)
    wrap(_Traverser, "traverse_node_recursively", _make_traverse_node)


def _make_parse(original: Any) -> Any:
    @functools.lru_cache(maxsize=_MOST_KEPT)
    def parse(cls: Any, expression: str) -> Any:
        tree = original(cls, expression)
        vars(tree)[_TEXT] = expression
        vars(tree)[_IS_PARSED] = _is_tree(tree)
        return tree

    def make(cls: Any, expression: str) -> Any:
        return parse(cls, expression)

    return make


def _is_tree(node: Any) -> bool:
    return all(
        child.parent is node and _is_tree(child)
        if isinstance(child, _Node)
        else isinstance(child, _PLAIN)
        for child in node.children or ()
    )


def _make_deepcopy(original: Any) -> Any:
    def deepcopy(value: Any) -> Any:
        if isinstance(value, _Node) and vars(value).get(_IS_PARSED):
            return _copied(value, None)
        return original(value)

    return deepcopy


def _copied(node: Any, parent: Any) -> Any:
    copied = object.__new__(type(node))
    vars(copied).update(vars(node), parent=parent)
    vars(copied).pop(_IS_PARSED, None)
    if node.children is not None:
        copied.children = [
            _copied(child, copied) if _is_node(type(child)) else child for child in node.children
        ]
    return copied


def _make_traverse(original: Any) -> Any:
    passed: set[Any] = set()

    def traverse(self: Any, tree: Any) -> Any:
        check = _check_of(self, vars(tree).get(_TEXT))
        if check in passed:
            return tree
        found = original(self, tree)  # raises where it finds an error
        if check is not None and len(passed) < _MOST_KEPT:
            passed.add(check)
        return found

    return traverse


def _check_of(traverser: Any, text: str | None) -> Any:
    """Return what a check's result depends on, None if the traverser does more than check."""
    if text is None or type(traverser) not in (_Counter, _Overlaps):
        return None
    names = getattr(traverser, "expression_attribute_names", None) or {}
    return type(traverser), text, *sorted(names.items())


def _make_traverse_node(original: Any) -> Any:
    no_hook = _Traverser.pre_processing_of_child
    kinds: dict[Any, Any] = {}

    def traverse_node(self: Any, node: Any, child_id: int = -1) -> Any:
        own = type(self)
        if own not in kinds:
            # The classes of nodes that are processed are those of the traverser's own class.
            kinds[own] = (
                functools.cache(functools.partial(_is_one_of, self.nodes_to_be_processed())),
                own.pre_processing_of_child is not no_hook,
            )
        return traverse_as(self, node, child_id, *kinds[own])

    def traverse_as(self: Any, node: Any, child_id: int, is_processed: Any, has_hook: bool) -> Any:
        if not _is_node(type(node)):
            return node
        parent = node.parent
        if node.children is not None:
            for place, child in enumerate(node.children):
                if has_hook:
                    self.pre_processing_of_child(node, place)
                traverse_as(self, child, place, is_processed, has_hook)
        if is_processed(type(node)):
            node = self.process(node)
            node.parent = parent
            if parent:
                parent.children[child_id] = node
        return node

    return traverse_node


def _is_one_of(kinds: tuple[type, ...], kind: type) -> bool:
    return issubclass(kind, kinds)


_is_node: Any = functools.cache(functools.partial(_is_one_of, (_Node,)))
