"""What user data finds on the machine: services, timers, metadata, and commands that are safe."""

import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest

from embedded_aws import EmbeddedAws
from embedded_aws.processes import MARKER_VARIABLE, find_marked
from embedded_aws_helpers.instances import (
    await_said,
    await_state,
    console,
    launch,
    make_profile,
    root_of,
    service,
)
from embedded_aws_helpers.waiting import wait_until

BASH = "#!/bin/bash\n"


def test_a_service_that_ignores_sigterm_is_killed_after_its_timeout(aws: EmbeddedAws) -> None:
    unit = service(
        "stubborn",
        "[Service]\nTimeoutStopSec=1\n"
        "ExecStart=bash -c 'trap \"\" TERM; echo deaf; while :; do sleep 0.1; done'",
    )
    instance_id = launch(aws, BASH + unit)
    await_said(aws, instance_id, "deaf")

    aws.client("ec2").stop_instances(InstanceIds=[instance_id])

    await_state(aws, instance_id, "stopped")
    assert "stubborn.service: State 'stop-sigterm' timed out" in console(aws, instance_id)


@pytest.mark.parametrize(("kill_mode", "hears"), [("mixed", False), ("control-group", True)])
def test_kill_mode_decides_whether_the_children_get_sigterm(
    aws: EmbeddedAws, kill_mode: str, hears: bool
) -> None:
    child = (
        "#!/bin/bash\\ntrap 'echo child-told; exit' TERM; echo child; while :; do sleep 0.1; done"
    )
    unit = service(
        "family",
        f"[Service]\nKillMode={kill_mode}\nTimeoutStopSec=10\n"
        'ExecStart=bash -c \'trap "sleep 1; exit" TERM; '
        "setsid bash $INSTANCE_ROOT/child & while :; do sleep 0.1; done'",
    )
    instance_id = launch(aws, f'{BASH}printf "{child}" > $INSTANCE_ROOT/child\n{unit}')
    wait_until(lambda: "child\n" in console(aws, instance_id))

    aws.client("ec2").stop_instances(InstanceIds=[instance_id])

    await_state(aws, instance_id, "stopped")
    assert ("child-told" in console(aws, instance_id)) == hears


@pytest.mark.parametrize(
    ("action", "command"), [("SuccessAction", "true"), ("FailureAction", "false")]
)
def test_a_service_can_ask_for_the_machines_end(
    aws: EmbeddedAws, action: str, command: str
) -> None:
    unit = service("last", f"[Unit]\n{action}=poweroff\n[Service]\nExecStart={command}")

    await_state(aws, launch(aws, BASH + unit), "stopped")


def timer(epoch: str) -> str:
    folder = '"$INSTANCE_ROOT/etc/systemd/system"'
    return (
        f"cat > {folder}/end.service <<'UNIT'\n[Service]\nType=oneshot\n"
        "ExecStart=systemctl poweroff\nUNIT\n"
        f"cat > {folder}/end.timer <<UNIT\n[Timer]\nOnCalendar=@{epoch}\nPersistent=true\n"
        "[Install]\nWantedBy=timers.target\nUNIT\nsystemctl enable --now end.timer\n"
    )


def test_a_timer_starts_its_service_at_its_time(aws: EmbeddedAws) -> None:
    # Counted from when it has booted, which takes a busy machine its time.
    timestamp = "due=$(( $(date +%s) + 4 ))\necho due at $due.\n"
    instance_id = launch(aws, f"{BASH}{timestamp}{timer('$due')}sleep 300\n")

    await_state(aws, instance_id, "stopped")

    said = re.search(r"due at (\d+)\.", console(aws, instance_id))
    assert said is not None
    assert int(said[1]) <= time.time() < int(said[1]) + 10
    assert "end.timer is due" in console(aws, instance_id)


def test_a_persistent_timer_that_was_missed_fires_at_the_next_boot(aws: EmbeddedAws) -> None:
    instance_id = launch(aws, f"{BASH}{timer('$(( $(date +%s) + 2 ))')}poweroff\n")
    await_state(aws, instance_id, "stopped")
    assert "is due" not in console(aws, instance_id)
    wait_until(lambda: time.time() % 1 < 0.2)
    time.sleep(2)  # the time has to pass while the machine is off

    aws.client("ec2").start_instances(InstanceIds=[instance_id])

    await_said(aws, instance_id, "end.timer is due")
    await_state(aws, instance_id, "stopped")


def test_a_service_starts_again_until_it_is_stopped(aws: EmbeddedAws) -> None:
    line = "ExecStart=bash -c 'echo up >> $INSTANCE_ROOT/ups'"
    unit = service("again", f"[Service]\nRestart=always\nRestartSec=100ms\n{line}")
    instance_id = launch(aws, f"{BASH}{unit}")
    ups = root_of(aws, instance_id) / "ups"
    wait_until(lambda: ups.exists() and ups.read_text().count("up") >= 3)

    aws.client("ec2").stop_instances(InstanceIds=[instance_id])

    await_state(aws, instance_id, "stopped")
    assert "Scheduled restart job" in console(aws, instance_id)


def test_a_service_has_its_folder_its_variables_and_no_metadata(aws: EmbeddedAws) -> None:
    show = "echo $COLOUR $STATE_DIRECTORY $AWS_EC2_METADATA_SERVICE_ENDPOINT; sleep 300"
    unit = (
        service(
            "tenant",
            "[Service]\nDynamicUser=yes\nStateDirectory=tenants/one\nIPAddressDeny=169.254.169.254\n"
            f"EnvironmentFile=$INSTANCE_ROOT/variables\nExecStart=bash -c '{show}'",
        )
        .replace("<<'UNIT'", "<<UNIT")
        .replace("$COLOUR $STATE", "\\$COLOUR \\$STATE")
    )
    unit = unit.replace("$AWS_EC2", "\\$AWS_EC2")
    instance_id = launch(aws, f"{BASH}echo COLOUR=green > $INSTANCE_ROOT/variables\n{unit}")
    folder = root_of(aws, instance_id) / "var/lib/tenants/one"

    await_said(aws, instance_id, f"green {folder} http://127.0.0.1:1\n")

    assert folder.is_dir()


def test_a_killed_service_ends_at_once_with_all_its_processes(aws: EmbeddedAws) -> None:
    unit = service(
        "deaf",
        "[Service]\nTimeoutStopSec=300\nKillMode=mixed\n"
        "ExecStart=bash -c 'trap \"\" TERM; setsid sleep 301 & while :; do sleep 0.1; done'",
    )
    kill = "systemctl kill --signal=SIGKILL deaf; systemctl stop deaf; systemctl is-active deaf\n"
    instance_id = launch(aws, f"{BASH}{unit}{kill}")

    await_said(aws, instance_id, "inactive")

    assert "status=-9" in console(aws, instance_id)


def test_what_is_not_modelled_is_reported(aws: EmbeddedAws) -> None:
    unit = service("odd", "[Service]\nExecStart=true\nNice=5")
    instance_id = launch(aws, f"{BASH}{unit}systemctl mask odd || echo refused\n")

    await_said(aws, instance_id, "Nice is not modelled")
    await_said(aws, instance_id, "refused")


@pytest.mark.parametrize(
    "command",
    [
        "yum install -y gcc",
        "sudo dnf -y update",
        "/usr/bin/apt-get install -y git",
        "useradd trainer",
        "sudo -n /usr/sbin/sysctl -w vm.swappiness=1",
        "mount /dev/xvdb /mnt",
    ],
)
def test_a_command_that_would_change_the_computer_is_stood_in_for(
    aws: EmbeddedAws, command: str
) -> None:
    instance_id = launch(aws, f"{BASH}{command} && echo went on\n")

    await_said(aws, instance_id, "went on")
    words = command.replace("sudo -n ", "").replace("sudo ", "").rpartition("sbin/")[2]
    said = f"stood in for `{words.rpartition('bin/')[2]}`: this computer was not changed"
    assert said in console(aws, instance_id)
    # The same in what the script itself prints, which is the log of a job.
    assert f"\nembedded AWS: {said}\n" in console(aws, instance_id)


def test_pip_works_in_an_environment_of_its_own_only(aws: EmbeddedAws) -> None:
    script = (
        f"{BASH}pip install something || echo refused-1\n"
        "python3 -m pip install something || echo refused-2\n"
    )
    instance_id = launch(aws, script)

    await_said(aws, instance_id, "refused-1")
    await_said(aws, instance_id, "refused-2")


def test_the_machine_sees_nothing_of_the_person(
    aws: EmbeddedAws, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "the-persons-own")
    monkeypatch.setenv("AWS_SESSION_TOKEN", "the-persons-own")
    monkeypatch.setenv("MY_SECRET", "secret")

    instance_id = launch(aws, f"{BASH}env > $INSTANCE_ROOT/env.txt; echo done\n")

    await_said(aws, instance_id, "done")
    found = (root_of(aws, instance_id) / "env.txt").read_text()
    variables = dict(line.split("=", 1) for line in found.splitlines() if "=" in line)
    assert not {"AWS_ACCESS_KEY_ID", "AWS_SESSION_TOKEN", "MY_SECRET"} & set(variables)
    root = variables["INSTANCE_ROOT"]
    assert variables["HOME"].startswith(root)
    assert variables["TMPDIR"].startswith(root)
    assert variables["AWS_ENDPOINT_URL"] == aws.endpoint_url


def test_metadata_needs_a_token_and_gives_the_roles_credentials(aws: EmbeddedAws) -> None:
    make_profile(aws)
    script = (
        f"{BASH}python3 - <<'PY'\n"
        "import os, urllib.request as u, urllib.error\n"
        "base = os.environ['AWS_EC2_METADATA_SERVICE_ENDPOINT'] + '/latest/'\n"
        "try:\n    u.urlopen(base + 'meta-data/instance-id')\n"
        "except urllib.error.HTTPError as e:\n    print('without token', e.code)\n"
        "ttl = {'X-aws-ec2-metadata-token-ttl-seconds': '60'}\n"
        "token = u.urlopen(u.Request(base + 'api/token', method='PUT', headers=ttl)).read()\n"
        "head = {'X-aws-ec2-metadata-token': token.decode()}\n"
        "get = lambda p: u.urlopen(u.Request(base + p, headers=head)).read().decode()\n"
        "print('I am', get('meta-data/instance-id'))\n"
        "print('document', get('dynamic/instance-identity/document').replace('\\n', ''))\n"
        "try:\n    get('meta-data/spot/instance-action')\n"
        "except urllib.error.HTTPError as e:\n    print('spot', e.code)\n"
        "PY\n"
        "aws sts get-caller-identity --query Arn --output text\necho done\n"
    )
    instance_id = launch(
        aws,
        script,
        IamInstanceProfile={"Name": "trainer"},
        MetadataOptions={"HttpTokens": "required"},
    )

    await_said(aws, instance_id, "done")
    said = console(aws, instance_id)
    assert "without token 401" in said
    assert f"I am {instance_id}" in said
    assert '"pendingTime": "20' in said
    assert "spot 404" in said
    assert f":assumed-role/trainer/{instance_id}" in said


def test_nothing_is_left_when_the_embedded_aws_is(tmp_path: Path) -> None:
    folder = tmp_path / "aws"
    with EmbeddedAws(folder=folder) as aws:
        unit = service("s", "[Service]\nExecStart=sleep 300")
        instance_id = launch(aws, f"{BASH}{unit}sleep 301\n")
        await_said(aws, instance_id, "Started s.service")
        description = json.loads((folder / "machines" / instance_id / "machine.json").read_text())
        assert find_marked(description["marker"])

    assert not find_marked(description["marker"])


def test_nothing_is_left_when_the_process_of_the_embedded_aws_is_killed(tmp_path: Path) -> None:
    program = (
        "import sys, time\n"
        "from pathlib import Path\n"
        "from embedded_aws import EmbeddedAws\n"
        "from embedded_aws_helpers.instances import launch\n"
        "with EmbeddedAws(folder=Path(sys.argv[1])) as aws:\n"
        "    print(launch(aws, '#!/bin/bash\\nsetsid sleep 300 & sleep 301\\n'), flush=True)\n"
        "    time.sleep(60)\n"
    )
    package = Path(__file__).parents[2]
    process = subprocess.Popen(
        [sys.executable, "-c", program, str(tmp_path / "aws")],
        cwd=package,
        env={**os.environ, "PYTHONPATH": f"{package}{os.pathsep}{package / 'tests'}"},
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        assert process.stdout is not None
        machine = tmp_path / "aws" / "machines" / process.stdout.readline().strip()
        marker = json.loads((machine / "machine.json").read_text())["marker"]
        wait_until(lambda: len(find_marked(marker, MARKER_VARIABLE)) >= 2)

        process.kill()

    wait_until(lambda: not find_marked(marker, MARKER_VARIABLE))
