"""The request units that one call uses of a DynamoDB table in on-demand mode.

A write uses a unit for each KB of the item (of the larger one if it replaces an item), even if its
condition is false; a strongly consistent read uses one for every 4 KB. Source:
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html
"""

from collections.abc import Mapping
from typing import Any

from moto.dynamodb.models import dynamodb_backends
from moto.dynamodb.models.dynamo_type import DynamoType

_WRITE_UNIT_BYTES = 1024
_READ_UNIT_BYTES = 4096
WRITES = frozenset({"PutItem", "UpdateItem", "DeleteItem"})
READS = frozenset({"GetItem", "Query", "Scan"})


def item_bytes(account_id: str, region: str, params: Mapping[str, Any]) -> int:
    """Return the item's size, or the whole table's if there is no key; 0 for no item."""
    table = dynamodb_backends[account_id][region].tables.get(str(params.get("TableName")))
    if table is None:
        return 0
    asked = params.get("Key") or params.get("Item")
    if asked is None:
        return sum(_size_of(item) for item in table.all_items())
    item = _item_of(table, asked)
    return 0 if item is None else _size_of(item)


def write_units(operation: str, bytes_before: int, bytes_after: int) -> int:
    """Return the write request units of an operation."""
    if operation not in WRITES:
        return 0
    return max(1, _ceil(max(bytes_before, bytes_after), _WRITE_UNIT_BYTES))


def read_units(operation: str, bytes_read: int) -> int:
    """Return the read request units of an operation, as if every read were consistent."""
    return max(1, _ceil(bytes_read, _READ_UNIT_BYTES)) if operation in READS else 0


def _item_of(table: Any, asked: Mapping[str, Any]) -> Any:
    """Return the item with the key, None if there is none."""
    keys = [key for key in (table.hash_key_attr, table.range_key_attr) if key is not None]
    if any(key not in asked for key in keys):
        return None  # refused elsewhere
    return table.get_item(*(DynamoType(asked[key]) for key in keys))


def _size_of(item: Any) -> int:
    return sum(len(name.encode()) + value.size() for name, value in dict(item.attrs).items())


def _ceil(size: int, unit: int) -> int:
    return -(-size // unit)
