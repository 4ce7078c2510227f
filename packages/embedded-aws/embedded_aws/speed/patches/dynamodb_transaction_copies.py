"""A transaction copies the items that it writes, and not the whole table.

moto copies every table of a transaction, with all items, to restore it if a condition fails: the
time of a transaction grows with the table.
"""

import copy
import threading
from collections import defaultdict
from types import SimpleNamespace
from typing import Any

from moto.dynamodb import models
from moto.dynamodb.models import DynamoDBBackend
from moto.dynamodb.models.dynamo_type import DynamoType
from moto.dynamodb.models.table import Table

from embedded_aws.patching import wrap

_writing = threading.local()


def install() -> None:
    """Patch the transaction, and what its module copies with."""
    wrap(DynamoDBBackend, "transact_write_items", _make_transact_write_items)
    wrap(models, "copy", _make_copy)


def _make_transact_write_items(original: Any) -> Any:
    def transact_write_items(self: Any, transact_items: list[dict[str, Any]]) -> None:
        _writing.items = transact_items
        try:
            original(self, transact_items)
        finally:
            _writing.items = None

    return transact_write_items


def _make_copy(original: Any) -> Any:
    def deepcopy(value: Any) -> Any:
        items = getattr(_writing, "items", None)
        # What a stream of the table has is restored as well.
        if not isinstance(value, Table) or items is None or value.stream_shard is not None:
            return copy.deepcopy(value)
        return _with_copies_of(value, items)

    return SimpleNamespace(**{**vars(original), "deepcopy": deepcopy})


def _with_copies_of(table: Table, writes: list[dict[str, Any]]) -> Table:
    """Return a table with copies of the items that are written, and otherwise the same ones."""
    copied = copy.copy(table)
    copied.items = defaultdict(dict, table.items)
    for write in writes:
        operation = next(iter(write.values()))
        if operation.get("TableName") != table.name:
            continue
        key = operation.get("Key") or operation.get("Item") or {}
        if table.hash_key_attr not in key:
            continue
        partition = DynamoType(key[table.hash_key_attr])
        if partition not in copied.items:
            continue
        found = copied.items[partition]
        if table.range_key_attr is None:
            copied.items[partition] = copy.deepcopy(found)
            continue
        if found is table.items[partition]:
            found = copied.items[partition] = dict(found)
        place = DynamoType(key.get(table.range_key_attr, {"S": ""}))
        if place in found:
            found[place] = copy.deepcopy(found[place])
    return copied
