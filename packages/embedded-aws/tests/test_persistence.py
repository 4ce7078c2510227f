"""A stored account cannot run code, whatever the file contains."""

import collections
import functools
import operator
import os
import pickle
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from moto.moto_api._internal.models import moto_api_backend

from embedded_aws import EmbeddedAws
from embedded_aws.persistence import account_pickle, backend_reducers, code_reducers, value_reducers
from embedded_aws.persistence.reduction import _new as NEW
from embedded_aws.persistence.restricted_reader import OTHERS, RestrictedUnpickler
from embedded_aws.persistence.state_folder import StateFolderError
from embedded_aws.persistence.stored_account import load_state

CLASS = code_reducers._class


class Reduces:
    """Is pickled as the given call."""

    def __init__(self, *reduced: Any) -> None:
        self._reduced = reduced

    def __reduce__(self) -> Any:
        return self._reduced


def marker(folder: Path) -> str:
    return f"touch {folder / 'executed'}"


def calls(folder: Path) -> dict[str, Any]:
    shell = marker(folder)
    place = str(folder / "executed")
    bucket = Reduces(CLASS, ("moto.s3.models", "FakeBucket"))
    return {
        "os.system": Reduces(os.system, (shell,)),
        "eval": Reduces(eval, (f"__import__('os').system({shell!r})",)),
        "exec": Reduces(exec, (f"import os; os.system({shell!r})",)),
        "subprocess": Reduces(subprocess.check_call, (["touch", place],)),
        "Popen": Reduces(subprocess.Popen, (["touch", place],)),
        "open": Reduces(open, (place, "w")),
        "getattr": Reduces(getattr, ("text", "format")),
        "import": Reduces(__import__, ("os",)),
        "partial": Reduces(functools.partial, (os.system, shell)),
        "attrgetter": Reduces(operator.attrgetter, ("system",)),
        "methodcaller": Reduces(operator.methodcaller, ("system", shell)),
        "a map": Reduces(map, (os.system, [shell])),
        "a default": Reduces(collections.defaultdict, (os.system,)),
        "a class of the system's": Reduces(CLASS, ("subprocess", "Popen")),
        "a class that moto imports": Reduces(CLASS, ("moto.core.models", "itertools.count")),
        "a class by another's module": Reduces(CLASS, ("moto.awslambda.models", "Thread")),
        "a module that is run": Reduces(CLASS, ("embedded_aws.local_instance.__main__", "main")),
        "a function as a class": Reduces(CLASS, ("moto.core.utils", "utcnow")),
        "a metaclass": Reduces(CLASS, ("moto.core.base_backend", "InstanceTrackerMeta")),
        "a built-in": Reduces(CLASS, ("builtins", "eval")),
        "the type of types": Reduces(CLASS, ("builtins", "type")),
        "a moto function": Reduces(
            code_reducers._make_function, ("moto.core.utils", "utcnow", 1, None, ())
        ),
        "a function of the system's": Reduces(
            code_reducers._make_function, ("subprocess", "call.<locals>.x", 1, None, ())
        ),
        "the backends of another": Reduces(backend_reducers.backend_dict, ("os", "system")),
        "no enumeration": Reduces(value_reducers._member, (bucket, "x")),
        "a method": Reduces(NEW, (bucket,), {"set_lifecycle": "x"}),
        "a special method": Reduces(NEW, (bucket,), {"__setstate__": bucket}),
        "a slot": Reduces(NEW, (bucket,), (None, {"__class__": bucket})),
        "a class that is changed": Reduces(
            CLASS, ("moto.s3.models", "FakeBucket"), (None, {"name": 1})
        ),
    }


@pytest.mark.parametrize("kind", sorted(calls(Path())))
def test_what_is_not_data_is_refused_and_nothing_runs(kind: str, tmp_path: Path) -> None:
    harmful = pickle.dumps(calls(tmp_path)[kind], protocol=5)
    with pytest.raises(pickle.PickleError):
        RestrictedUnpickler(harmful).load()
    assert not (tmp_path / "executed").exists()


def short(text: str) -> bytes:
    return b"\x8c" + bytes([len(text)]) + text.encode()


def test_no_constructor_is_called() -> None:
    named = short("embedded_aws.persistence.code_reducers") + short("_class") + b"\x93"
    bucket = named + short("moto.s3.models") + short("FakeBucket") + b"\x86R"
    made = bucket + short("name") + b"\x85R"
    with pytest.raises(pickle.UnpicklingError):
        RestrictedUnpickler(b"\x80\x05" + made + b".").load()


@pytest.mark.parametrize("protocol", range(5))
def test_older_instructions_are_not_known(tmp_path: Path, protocol: int) -> None:
    harmful = pickle.dumps(Reduces(os.system, (marker(tmp_path),)), protocol=protocol)
    with pytest.raises(pickle.UnpicklingError):
        account_pickle.load_account(harmful)
    assert not (tmp_path / "executed").exists()


@pytest.mark.parametrize(
    "program",
    [
        b"cos\nsystem\n(S'true'\ntR.",
        b"(S'true'\nios\nsystem\n.",
        b"(cos\nsystem\nS'true'\no.",
        b"\x80\x02\x82\x01.",
        b"Pperson\n.",
        b"\x80\x05\x8c\x0amoto.core.x\x8c\x01y\x93.",
        b"\x80\x05\x8c\x02os\x8c\x06system\x93.",
        b"\x80\x04\x8c\x02os\x8c\x06system\x93)\x81.",
    ],
)
def test_no_other_way_to_a_name_is_known(program: bytes) -> None:
    with pytest.raises(pickle.UnpicklingError):
        RestrictedUnpickler(program).load()


def test_what_is_written_needs_no_more_than_is_read() -> None:
    written = {getattr(pickle, name)[0] for name in ("NEWOBJ", "NEWOBJ_EX", "GLOBAL", "INST")}
    assert not written & set(OTHERS)


def plain_data() -> list[Any]:
    shared: list[Any] = ["shared"]
    numbers = [0, 1, 255, 256, 65_536, -1, 2**31, -(2**31), 2**63, -(2**200), 2**3000, 1.5, -0.0]
    texts = ["", "a", "é" * 200, "x" * 70_000, "\udc80", b"", b"b" * 300, bytearray(b"c" * 300)]
    tuples: list[Any] = [(), (1,), (1, 2), (1, 2, 3), (1, 2, 3, 4), ([],)]
    sets = [set(), {1, 2}, frozenset(), frozenset({"a"})]
    return [None, True, False, shared, shared, {1: {2: shared}}, *numbers, *texts, *tuples, *sets]


def test_plain_data_is_read_as_python_reads_it() -> None:
    read = RestrictedUnpickler(pickle.dumps(plain_data(), protocol=5)).load()
    assert read == plain_data()
    assert list(map(type, read)) == list(map(type, plain_data()))
    assert read[3] is read[4] is read[5][1][2]


def test_a_circle_is_read_as_one() -> None:
    circle: list[Any] = []
    circle.append({"circle": circle})
    read = RestrictedUnpickler(pickle.dumps(circle, protocol=5)).load()
    assert read[0]["circle"] is read


def test_a_pickle_that_is_cut_off_is_refused() -> None:
    content = pickle.dumps([{"a": [1, "text", b"bytes", 2**70, (1, 2), {3}]}, None], protocol=5)
    for end in range(len(content)):
        with pytest.raises(pickle.UnpicklingError):
            RestrictedUnpickler(content[:end]).load()


def private_state(folder: Path) -> Path:
    folder.mkdir(mode=0o700)
    (folder / "account").write_bytes(b"{}\n")
    (folder / "account").chmod(0o600)
    return folder


@pytest.mark.parametrize("mode", [0o770, 0o702, 0o777, 0o720])
def test_a_folder_that_others_may_write_is_refused(tmp_path: Path, mode: int) -> None:
    folder = private_state(tmp_path / "state")
    folder.chmod(mode)
    with pytest.raises(StateFolderError, match="others may write"):
        load_state(folder)


@pytest.mark.parametrize("mode", [0o660, 0o602, 0o666])
def test_an_account_that_others_may_write_is_refused(tmp_path: Path, mode: int) -> None:
    folder = private_state(tmp_path / "state")
    (folder / "account").chmod(mode)
    with pytest.raises(StateFolderError, match="others may write"):
        load_state(folder)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may give a file away")
@pytest.mark.parametrize("name", [".", "account"])
def test_an_account_of_another_user_is_refused(tmp_path: Path, name: str) -> None:
    folder = private_state(tmp_path / "state")
    os.chown(folder / name, 12345, 12345)
    with pytest.raises(StateFolderError, match="another user"):
        load_state(folder)


def test_an_account_that_is_a_link_is_refused(tmp_path: Path) -> None:
    folder = private_state(tmp_path / "state")
    (folder / "account").rename(tmp_path / "elsewhere")
    (folder / "account").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(StateFolderError, match="link"):
        load_state(folder)


def test_bytes_that_are_not_an_account_are_reported(tmp_path: Path) -> None:
    folder = private_state(tmp_path / "state")
    for content in (b"", b"no header", b"[]\n", b"\xff\n", b'{"form": 1}\nx'):
        (folder / "account").write_bytes(content)
        with pytest.raises(StateFolderError):
            load_state(folder)


def test_a_folder_that_cannot_be_used_is_reported_before_moto_is_imported(tmp_path: Path) -> None:
    folder = private_state(tmp_path / "state")
    program = (
        "import pathlib, sys\n"
        "from embedded_aws.persistence.state_folder import StateFolderError, check_folder\n"
        "try:\n"
        "    check_folder(pathlib.Path(sys.argv[1]))\n"
        "except StateFolderError as error:\n"
        "    print(error, 'moto' in sys.modules)"
    )
    command = [sys.executable, "-c", program, str(folder)]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert said.startswith(f"{folder} was written with")
    assert said.endswith(" False\n")


@pytest.mark.parametrize("load", [account_pickle.load_account, account_pickle.load_own_account])
def test_an_account_is_the_same_when_it_is_restored(
    aws: EmbeddedAws, load: Callable[[bytes], None]
) -> None:
    s3, ec2, iam = aws.client("s3"), aws.client("ec2"), aws.client("iam")
    s3.create_bucket(Bucket="bucket")
    s3.put_object(Bucket="bucket", Key="key", Body=b"content")
    iam.create_role(RoleName="role", AssumeRolePolicyDocument="{}")
    networks, role = ec2.describe_vpcs()["Vpcs"], iam.get_role(RoleName="role")["Role"]
    content = account_pickle.dump_account()
    moto_api_backend.reset()
    assert s3.list_buckets()["Buckets"] == []
    load(content)
    assert s3.get_object(Bucket="bucket", Key="key")["Body"].read() == b"content"
    assert ec2.describe_vpcs()["Vpcs"] == networks
    assert iam.get_role(RoleName="role")["Role"] == role
