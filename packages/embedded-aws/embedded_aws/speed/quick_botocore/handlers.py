"""A client's handlers are those of its session, and its own: only where it adds some, it copies.

A session registers 120 handlers, whose signatures botocore inspects, and each client copies all of
them with the tree that they are in.
"""

import types
from collections.abc import Callable
from typing import Any
from weakref import WeakKeyDictionary

from botocore import hooks

_original_accepts: Any = vars(hooks)["accepts_kwargs"]
_accepted: "WeakKeyDictionary[Any, Any]" = WeakKeyDictionary()
_Tree: Any = vars(hooks)["_PrefixTrie"]
_original_append, _original_remove = _Tree.append_item, _Tree.remove_item
_MIDDLE: Any = vars(hooks)["_MIDDLE"]
# Set on a tree whose nodes are another's, too.
_SHARES = "_shares_nodes"


def _accepts_kwargs(handler: Callable[..., Any]) -> Any:
    function = getattr(handler, "__func__", handler)
    if not isinstance(function, types.FunctionType):
        return _original_accepts(handler)
    if function not in _accepted:
        _accepted[function] = _original_accepts(handler)
    return _accepted[function]


def _copy_tree(self: Any) -> Any:
    copied = type(self)()
    copied._root = self._root
    for tree in (self, copied):
        setattr(tree, _SHARES, True)
    return copied


def _append_item(self: Any, key: str, value: Any, section: Any = _MIDDLE) -> None:
    """Append as botocore does, to copies of the nodes on the way if the tree shares its nodes."""
    if _SHARES in vars(self):
        node = self._root = _copied(self._root)
        for part in key.split("."):
            child = node["children"].get(part)
            if child is None:
                break  # all that follow are new
            node["children"][part] = node = _copied(child)
    _original_append(self, key, value, section)


def _remove_item(self: Any, key: str, value: Any) -> None:
    """Remove as botocore does, which is rare, from a tree of its own."""
    if vars(self).pop(_SHARES, False):
        self._root = _Tree._recursive_copy(self, self._root)
    _original_remove(self, key, value)


def _copied(node: dict[str, Any]) -> dict[str, Any]:
    values = node["values"]
    if values is not None:
        values = hooks.NodeList(values.first[:], values.middle[:], values.last[:])
    return {**node, "children": dict(node["children"]), "values": values}


def install() -> None:
    """Patch the trees of handlers, and what inspects a handler."""
    vars(hooks)["accepts_kwargs"] = _accepts_kwargs
    _Tree.__copy__ = _copy_tree
    _Tree.append_item = _append_item
    _Tree.remove_item = _remove_item
