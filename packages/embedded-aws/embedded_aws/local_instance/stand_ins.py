"""Writes stand-ins for commands that would affect the user's own machine."""

import shlex
import sys
from pathlib import Path

from embedded_aws.local_instance.description import InstanceDescription

BASH_ENV_NAME = "bash-env"
CONTROL_NAME = "control.json"
_COMMANDS = """
    systemctl systemd-run
    poweroff shutdown halt reboot init telinit
    yum dnf apt apt-get dpkg rpm snap zypper apk brew port amazon-linux-extras pip pip3
    sudo su useradd usermod userdel groupadd adduser passwd chpasswd
    mount umount mkswap swapon swapoff mkfs mkfs.ext4 mkfs.xfs fdisk parted
    sysctl modprobe iptables nft ufw hostnamectl timedatectl
    service chkconfig update-rc.d crontab at loginctl journalctl wall
"""
STAND_INS = tuple(_COMMANDS.split())
_FORK_CLIENT = Path(__file__).parent.parent / "speed" / "forking" / "client.py"
_COMMAND_FOLDERS = ("/sbin", "/usr/sbin", "/bin", "/usr/bin", "/usr/local/bin")


def write_stand_ins(machine: InstanceDescription) -> None:
    """Write all stand-ins into the machine's command folder.

    bash also reads a file that maps the absolute paths of these commands to their stand-ins; other
    shells have no such file, so they only find stand-ins by plain names.
    """
    machine.commands.mkdir(parents=True, exist_ok=True)
    client = Path(__file__).with_name("stand_in.py")
    control = machine.commands / CONTROL_NAME
    asks = shlex.join([sys.executable, "-I", "-S", str(client), str(control)])
    for name in STAND_INS:
        _write(machine.commands / name, f'exec {asks} {name} "$@"')
    _write(machine.commands / "aws", f'exec {_aws(machine)} "$@"')
    _write(machine.commands / "python3", f'exec {shlex.quote(machine.python)} "$@"')
    for name, line in machine.image_commands.items():
        _write(machine.commands / name, line)
    functions = [
        f'function {folder}/{name} {{ {shlex.quote(str(machine.commands / name))} "$@"; }}'
        for name in STAND_INS
        for folder in _COMMAND_FOLDERS
    ]
    text = "[ -o posix ] && return 0\n" + "\n".join(functions) + "\n"
    (machine.commands / BASH_ENV_NAME).write_text(text, encoding="utf-8")


def _aws(machine: InstanceDescription) -> str:
    words = [machine.aws_command]
    if machine.aws_socket:
        words = [sys.executable, "-I", "-S", str(_FORK_CLIENT), machine.aws_socket, *words]
    return shlex.join(words)


def _write(path: Path, line: str) -> None:
    path.write_text(f"#!/bin/sh\n{line}\n", encoding="utf-8")
    path.chmod(0o755)
