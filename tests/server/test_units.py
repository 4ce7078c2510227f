"""What the units of a job ask systemd for, and the template's copy of join.sh."""

import subprocess
from pathlib import Path

import pytest
import yaml
from server_job import ServerJob, UnknownFormatError, read_server_job
from server_state import ServerState
from server_units import JobUnits

from parris_cli.project_files import PROJECT

FOLDER = PROJECT / "templates" / "ec2-server"
JOB = ServerJob("i-0123456789abcdef0-1", "AROAX:i-0123456789abcdef0-1", "arn", 9.0, 120, False)


def described(tmp_path: Path) -> list[str]:
    units = JobUnits(ServerState(tmp_path / "state"), "bucket", "eu-west-1", tmp_path)
    return units._describe_job(JOB).splitlines()


@pytest.mark.parametrize(
    "line",
    [
        "DynamicUser=yes",
        "StateDirectory=parris-jobs/i-0123456789abcdef0-1",
        "StateDirectoryMode=0700",
        "IPAddressDeny=169.254.169.254 fd00:ec2::254",
        "KillMode=mixed",
        "TimeoutStopSec=420",
    ],
)
def test_a_job_has_a_user_of_its_own_without_the_metadata_service(
    tmp_path: Path, line: str
) -> None:
    assert line in described(tmp_path)


def test_the_files_of_units_contain_no_secret(tmp_path: Path) -> None:
    state = ServerState(tmp_path / "state")
    state.write_private(state.environment_file, "TOKEN=secret\n")
    assert f"EnvironmentFile={state.environment_file}" in described(tmp_path)
    assert state.environment_file.stat().st_mode & 0o777 == 0o600


def test_a_newer_format_names_the_program_that_knows_it() -> None:
    with pytest.raises(UnknownFormatError) as unknown:
        read_server_job(b'{"format": 2, "service_sha256": "abc"}')
    assert unknown.value.service_sha256 == "abc"


@pytest.mark.parametrize("body", [b"", b"[]", b'{"format": 1}', b"\xff"])
def test_what_is_no_job_is_refused(body: bytes) -> None:
    with pytest.raises(ValueError, match=r"\S"):
        read_server_job(body)


def test_the_user_data_of_the_template_are_join_sh_with_its_arguments() -> None:
    class Loader(yaml.SafeLoader):
        pass

    def plain(loader: yaml.SafeLoader, suffix: str, node: yaml.Node) -> object:
        if isinstance(node, yaml.ScalarNode):
            return loader.construct_scalar(node)
        assert isinstance(node, (yaml.SequenceNode, yaml.MappingNode))
        if isinstance(node, yaml.SequenceNode):
            return loader.construct_sequence(node, deep=True)
        return loader.construct_mapping(node, deep=True)

    Loader.add_multi_constructor("!", plain)
    template = yaml.load((FOLDER / "environment.yaml").read_text(), Loader)
    separator, lines = template["Resources"]["Server"]["Properties"]["UserData"]["Fn::Base64"]
    join = (FOLDER / "join.sh").read_text()
    assert separator == "\n"
    assert lines == [
        "#!/bin/bash",
        "set -- ${TrainingBucketName} ${AWS::Region}",
        join,
        "systemctl poweroff",
    ]


def test_a_server_without_a_program_that_it_needs_says_so(tmp_path: Path) -> None:
    (tmp_path / "python3").symlink_to("/bin/true")
    done = subprocess.run(
        ["/bin/bash", str(FOLDER / "join.sh"), "bucket", "eu-west-1"],
        env={"PATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (1, "parris: this server has no aws\n")
