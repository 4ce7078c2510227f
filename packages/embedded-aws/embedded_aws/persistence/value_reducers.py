"""Pickles enumeration members, locks, events, dictionaries and keys in moto's objects."""

import pickle
import threading
import weakref
from collections import defaultdict
from enum import Enum
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from embedded_aws.persistence.reduction import Reduced, reduce_object
from embedded_aws.persistence.restricted_pickle import maker


@reduce_object.register
def _reduce_member(member: Enum) -> Any:
    return _member, (type(member), member.value)


@maker
def _member(kind: type, value: Any) -> Any:
    if not (isinstance(kind, type) and issubclass(kind, Enum)):
        raise pickle.UnpicklingError(f"{kind!r} is not an enumeration")
    return kind(value)


@reduce_object.register(type(threading.Lock()))
@reduce_object.register(type(threading.RLock()))
def _reduce_lock(lock: Any) -> Reduced:
    return _make_lock, (isinstance(lock, type(threading.RLock())),)


@maker
def _make_lock(is_reentrant: bool) -> Any:
    return threading.RLock() if is_reentrant else threading.Lock()


@reduce_object.register
def _reduce_condition(condition: threading.Condition) -> Reduced:
    return _make_condition, ()  # nothing waits for it any more


@maker
def _make_condition() -> threading.Condition:
    return threading.Condition()


@reduce_object.register
def _reduce_event(event: threading.Event) -> Reduced:
    return _make_event, (event.is_set(),)


@maker
def _make_event(is_set: bool) -> threading.Event:
    event = threading.Event()
    if is_set:
        event.set()
    return event


@reduce_object.register(weakref.WeakValueDictionary)
def _reduce_weak_values(values: "weakref.WeakValueDictionary[Any, Any]") -> Reduced:
    return _make_weak_values, (), None, None, iter(list(values.items()))


@maker
def _make_weak_values() -> Any:
    return weakref.WeakValueDictionary()


@reduce_object.register(rsa.RSAPrivateKey)
@reduce_object.register(ec.EllipticCurvePrivateKey)
def _reduce_key(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) -> Reduced:
    written = key.private_bytes(
        serialization.Encoding.DER,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    return _load_key, (written,)


@maker
def _load_key(written: bytes) -> Any:
    return serialization.load_der_private_key(written, None)


@reduce_object.register(defaultdict)
def _reduce_defaultdict(values: "defaultdict[Any, Any]") -> Any:
    if type(values) is defaultdict:
        return NotImplemented  # pickle can write it
    # moto's subclasses have other constructor arguments, which pickle does not support.
    made = _make_defaultdict, (type(values), values.default_factory)
    return *made, vars(values), None, iter(list(values.items()))


@maker
def _make_defaultdict(kind: Any, default_factory: Any) -> Any:
    if not issubclass(kind, defaultdict):
        raise pickle.UnpicklingError(f"{kind!r} is not a defaultdict")
    made = kind.__new__(kind)
    defaultdict.__init__(made, default_factory)
    return made
