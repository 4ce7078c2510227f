"""Reads a pickled account, with only the instructions that `account_pickle` writes.

The reader in Python's library cannot be restricted so: written in C, it calls and fills whatever
is on its stack, and written in Python, it takes three times as long as this one.
"""

import pickle
import struct
from collections.abc import Callable
from typing import Any

from embedded_aws.persistence.restricted_pickle import fill, find_called

_BYTE, _TWO_BYTES, _FOUR_BYTES, _EIGHT_BYTES = map(struct.Struct, ("<B", "<H", "<I", "<Q"))
_SIGNED, _FLOAT = struct.Struct("<i"), struct.Struct(">d")
_NEWEST_PROTOCOL = 5
# The most frequent instructions: four of five.
_MEMOIZE, _GET, _LONG_GET = pickle.MEMOIZE[0], pickle.BINGET[0], pickle.LONG_BINGET[0]
_SHORT_TEXT, _EMPTY_DICT, _STOP = pickle.SHORT_BINUNICODE[0], pickle.EMPTY_DICT[0], pickle.STOP[0]


class RestrictedUnpickler:
    """Reads what `account_pickle` has written, once."""

    def __init__(self, content: bytes) -> None:
        self._content = content
        self._at = 0
        self._stack: list[Any] = []
        self._marked: list[list[Any]] = []
        self._called: dict[int, Any] = {}  # by identity
        self._data: set[tuple[type, str]] = set()

    def load(self) -> Any:
        """Return the object.

        Raises:
            pickle.UnpicklingError: for what is not allowed, and when the content is no pickle.
        """
        try:
            return self._run()
        except (IndexError, KeyError, ValueError, struct.error) as error:
            raise pickle.UnpicklingError(f"not an account: {error!r}") from error

    def _run(self) -> Any:
        content, stack, at = self._content, self._stack, 0
        memo: list[Any] = []
        number_at = _FOUR_BYTES.unpack_from
        while True:
            code = content[at]
            at += 1
            if code == _LONG_GET:
                stack.append(memo[number_at(content, at)[0]])
                at += 4
            elif code == _MEMOIZE:
                memo.append(stack[-1])
            elif code == _EMPTY_DICT:
                stack.append({})
            elif code == _SHORT_TEXT:
                begin = at + 1
                at = begin + content[at]
                stack.append(str(content[begin:at], "utf-8", "surrogatepass"))
            elif code == _GET:
                stack.append(memo[content[at]])
                at += 1
            elif code == _STOP:
                return stack.pop()
            else:
                self._at = at
                OTHERS[code](self)
                at, stack = self._at, self._stack

    def _number(self, form: struct.Struct) -> Any:
        (number,) = form.unpack_from(self._content, self._at)
        self._at += form.size
        return number

    def _bytes(self, length_form: struct.Struct) -> bytes:
        begin = self._at + length_form.size
        end = begin + self._number(length_form)
        if end > len(self._content):
            raise pickle.UnpicklingError("not an account: it is cut off")
        self._at = end
        return self._content[begin:end]

    def _text(self, length_form: struct.Struct) -> str:
        return str(self._bytes(length_form), "utf-8", "surrogatepass")

    def _long(self, length_form: struct.Struct) -> int:
        return int.from_bytes(self._bytes(length_form), "little", signed=True)

    def _push(self, found: Any) -> None:
        self._stack.append(found)

    def _mark(self) -> None:
        self._marked.append(self._stack)
        self._stack = []

    def _pop_mark(self) -> list[Any]:
        """Return what was pushed since the last mark."""
        found, self._stack = self._stack, self._marked.pop()
        return found

    def _pop(self, count: int) -> tuple[Any, ...]:
        found = tuple(self._stack[-count:])
        if len(found) < count:
            raise IndexError("the stack is empty")
        del self._stack[-count:]
        return found

    def _protocol(self) -> None:
        if self._number(_BYTE) > _NEWEST_PROTOCOL:
            raise pickle.UnpicklingError("not an account: it is of a newer Python")

    def _find(self) -> None:
        module, name = self._pop(2)
        if not (isinstance(module, str) and isinstance(name, str)):
            raise pickle.UnpicklingError("not an account: a name is no text")
        found = find_called(module, name)
        self._called[id(found)] = found
        self._push(found)

    def _call(self) -> None:
        arguments, called = self._stack.pop(), self._stack[-1]
        if id(called) not in self._called or not isinstance(arguments, tuple):
            raise pickle.UnpicklingError(f"{called!r} may not be called")
        self._stack[-1] = called(*arguments)

    def _fill(self) -> None:
        state = self._stack.pop()
        fill(self._stack[-1], state, self._data)

    def _append(self) -> None:
        (value,) = self._pop(1)
        filled = self._stack[-1]
        type(filled).append(filled, value)

    def _append_all(self) -> None:
        values = self._pop_mark()
        filled = self._stack[-1]
        append = type(filled).append
        for value in values:
            append(filled, value)

    def _set(self) -> None:
        key, value = self._pop(2)
        self._stack[-1][key] = value

    def _set_all(self) -> None:
        found = self._pop_mark()
        filled = self._stack[-1]
        for key, value in zip(found[::2], found[1::2], strict=True):
            filled[key] = value

    def _add_all(self) -> None:
        values = self._pop_mark()
        set.update(self._stack[-1], values)


def _known() -> dict[int, Callable[[RestrictedUnpickler], Any]]:
    one = RestrictedUnpickler
    named: dict[str, Callable[[RestrictedUnpickler], Any]] = {
        "PROTO": one._protocol,
        "FRAME": lambda self: self._number(_EIGHT_BYTES),
        "MARK": one._mark,
        "POP": lambda self: self._pop(1),
        "POP_MARK": one._pop_mark,
        "NONE": lambda self: self._push(None),
        "NEWTRUE": lambda self: self._push(True),
        "NEWFALSE": lambda self: self._push(False),
        "BININT": lambda self: self._push(self._number(_SIGNED)),
        "BININT1": lambda self: self._push(self._number(_BYTE)),
        "BININT2": lambda self: self._push(self._number(_TWO_BYTES)),
        "LONG1": lambda self: self._push(self._long(_BYTE)),
        "LONG4": lambda self: self._push(self._long(_FOUR_BYTES)),
        "BINFLOAT": lambda self: self._push(self._number(_FLOAT)),
        "BINUNICODE": lambda self: self._push(self._text(_FOUR_BYTES)),
        "BINUNICODE8": lambda self: self._push(self._text(_EIGHT_BYTES)),
        "SHORT_BINBYTES": lambda self: self._push(self._bytes(_BYTE)),
        "BINBYTES": lambda self: self._push(self._bytes(_FOUR_BYTES)),
        "BINBYTES8": lambda self: self._push(self._bytes(_EIGHT_BYTES)),
        "BYTEARRAY8": lambda self: self._push(bytearray(self._bytes(_EIGHT_BYTES))),
        "EMPTY_TUPLE": lambda self: self._push(()),
        "TUPLE": lambda self: self._push(tuple(self._pop_mark())),
        "TUPLE1": lambda self: self._push(self._pop(1)),
        "TUPLE2": lambda self: self._push(self._pop(2)),
        "TUPLE3": lambda self: self._push(self._pop(3)),
        "EMPTY_LIST": lambda self: self._push([]),
        "APPEND": one._append,
        "APPENDS": one._append_all,
        "SETITEM": one._set,
        "SETITEMS": one._set_all,
        "EMPTY_SET": lambda self: self._push(set()),
        "ADDITEMS": one._add_all,
        "FROZENSET": lambda self: self._push(frozenset(self._pop_mark())),
        "STACK_GLOBAL": one._find,
        "REDUCE": one._call,
        "BUILD": one._fill,
    }
    return {getattr(pickle, name)[0]: do for name, do in named.items()}


OTHERS = _known()
"""What the other instructions do, by their codes. No further one is known."""
