"""The code of a job: found and checked before a launch, and given to the job's machine alone."""

import hashlib
from typing import Any

import pytest

from embedded_aws import EmbeddedAws
from parris.entrypoint import Deps
from parris.errors import ConfigInvalidError
from parris.job import UserFile
from parris.payloads import Json
from parris.targets.ec2_stack.steering import steer_machine
from tests.builders import BUCKET, a_job
from tests.handlers.conftest import ec2_of, put_json, settings_of
from tests.handlers.test_steering import SCRIPT
from tests.handlers.test_validate_config import an_event, job_of, violations_of
from tests.runner.test_code_archive import an_archive, entry
from validate_config import run

KEY = "team/code.tar.gz"
BODY = an_archive(entry("helper.py", b"X = 1\n"))
CODE = UserFile("code.tar.gz", f"s3://{BUCKET}/{KEY}", hashlib.sha256(BODY).hexdigest())


def test_the_archive_that_a_config_names_is_part_of_the_job(deps: Deps, aws: EmbeddedAws) -> None:
    put_json(aws, KEY, BODY)

    job = job_of(deps, {"code-archive": KEY, "script-folder": "src"})

    assert (job.code, job.script_folder) == (CODE, "src")
    assert job_of(deps, {}).code is None


@pytest.mark.parametrize("mode", ["w", "w:gz", "w:bz2", "w:xz"])
def test_every_kind_of_archive_that_a_machine_unpacks_is_taken(
    deps: Deps, aws: EmbeddedAws, mode: str
) -> None:
    put_json(aws, KEY, an_archive(entry("a"), mode=mode))

    assert job_of(deps, {"code-archive": KEY}).code is not None


@pytest.mark.parametrize("body", [b"", b"PK\x03\x04 a zip", b"#!/bin/sh\n"])
def test_what_is_no_tar_archive_is_refused(deps: Deps, aws: EmbeddedAws, body: bytes) -> None:
    put_json(aws, KEY, body)

    (violation,) = violations_of(deps, {"code-archive": KEY})

    assert "a tar archive, as made by tar -czf code.tar.gz -C FOLDER ." in violation


def test_an_archive_that_is_too_large_is_refused_unread(
    deps: Deps, aws: EmbeddedAws, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_json(aws, KEY, BODY)
    for module in ("parris.validation.code", "parris.aws.code_archives"):
        monkeypatch.setattr(f"{module}.MOST_BYTES", 10)

    (violation,) = violations_of(deps, {"code-archive": KEY})

    assert "at most 10 bytes; put data into input-data" in violation


@pytest.mark.parametrize("key", ["team/none.tar.gz", "\N{SNOWMAN}" * 400])
def test_an_archive_that_is_not_there_is_refused_with_what_to_do(deps: Deps, key: str) -> None:
    (violation,) = violations_of(deps, {"code-archive": key})

    assert violation.startswith("1. /code-archive: found ")
    assert "there is no such object" in violation


@pytest.mark.parametrize("folder", ["/abs", "..", "a/../b", "a//b", "./a", "a/"])
def test_a_script_folder_stays_in_the_code(deps: Deps, aws: EmbeddedAws, folder: str) -> None:
    put_json(aws, KEY, BODY)

    (violation,) = violations_of(deps, {"code-archive": KEY, "script-folder": folder})

    assert violation.startswith("1. /script-folder: ")


@pytest.mark.parametrize(
    ("config", "is_refused"),
    [
        ({"files": ["src"]}, True),
        ({"files": []}, False),
        ({"files": ["src"], "code-archive": KEY}, False),
    ],
)
def test_files_that_nobody_has_packed_are_refused(
    deps: Deps, aws: EmbeddedAws, config: dict[str, Json], is_refused: bool
) -> None:
    put_json(aws, KEY, BODY)

    if not is_refused:
        job_of(deps, config)
        return
    (violation,) = violations_of(deps, config)
    assert "`parris run` packs and uploads files, but an execution cannot" in violation


def test_an_estimate_looks_for_no_code(deps: Deps) -> None:
    event = {**an_event({"files": ["src"], "code-archive": "not/there"}), "is_estimate": True}

    assert "quote" in run(event, deps)


def test_the_archive_lies_where_the_machine_alone_reads_before_its_bootstrap(
    deps: Deps, aws: EmbeddedAws
) -> None:
    put_json(aws, "train.sh", b"sleep 600\n")
    put_json(aws, KEY, BODY)
    job = a_job(script=SCRIPT, code=CODE, script_folder="src")

    prefix = steer_machine(ec2_of(deps), settings_of(deps), job, "i-1", "trainers")

    steering = prefix.replace("machines/", "steering/")
    assert deps.aws.bucket.read(f"{steering}/code.tar.gz") == BODY
    job_file: Any = deps.aws.bucket.read_json(f"{steering}/job.json")
    assert job_file["code"] == {"sha256": CODE.sha256, "script_folder": "src"}


def test_an_archive_that_is_gone_or_changed_launches_nothing(deps: Deps, aws: EmbeddedAws) -> None:
    with pytest.raises(ConfigInvalidError, match="changed after validation"):
        deps.aws.code_archives.copy(CODE, "steering/x/code.tar.gz")
    with pytest.raises(ConfigInvalidError, match="changed after validation"):
        deps.aws.code_archives.require(CODE)
    put_json(aws, KEY, BODY + b"x")
    with pytest.raises(ConfigInvalidError, match="changed after validation"):
        deps.aws.code_archives.require(CODE)
    put_json(aws, KEY, BODY)
    deps.aws.code_archives.require(CODE)
