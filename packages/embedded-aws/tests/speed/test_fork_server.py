import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from embedded_aws.processes import find_descendants
from embedded_aws.speed.forking import client as fork_client
from embedded_aws.speed.forking.client import RefusedError
from embedded_aws.speed.forking.fork_server import ForkedProcess, ForkServer, can_fork
from embedded_aws.speed.forking.request import receive_request, send_number
from embedded_aws_helpers.builders import until

pytestmark = pytest.mark.skipif(not can_fork(), reason="processes start afresh on this system")

ENVIRONMENT = {"PATH": os.defpath, "LANG": "C.UTF-8"}
_PROGRAM = Path(__file__).parents[1] / "embedded_aws_helpers" / "forked_program.py"
# What a command becomes where it is not forked.
_AFRESH = "import sys; print('afresh', *sys.argv[2:])"


@pytest.fixture
def socket_path(tmp_path: Path) -> Path:
    folder = tmp_path / ("a-long-name-" * 10)
    folder.mkdir()
    return folder / "socket"


@pytest.fixture
def server(socket_path: Path) -> Iterator[ForkServer]:
    running = ForkServer(_PROGRAM, ["-I"], ENVIRONMENT, socket_path=socket_path)
    yield running
    running.close()


def command(socket_path: Path, text: str, *words: str) -> list[str]:
    """Return a command that the server runs, or else Python with `_AFRESH`."""
    afresh = socket_path.with_name("afresh")
    afresh.write_text(f'#!/bin/sh\nexec "{sys.executable}" -c "{_AFRESH}" "$@"\n')
    afresh.chmod(0o755)
    client = [sys.executable, "-I", "-S", str(fork_client.__file__)]
    return [*client, str(socket_path), str(afresh), text, *words]


def run(
    words: list[str],
    stdin: str = "",
    folder: Path | None = None,
    environment: Mapping[str, str] | None = None,
) -> tuple[int, str, str]:
    done = subprocess.run(
        words,
        input=stdin,
        cwd=folder,
        env={**ENVIRONMENT, **(environment or {})},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout, done.stderr


@pytest.mark.usefixtures("server")
def test_a_forked_command_has_its_callers_arguments_environment_folder_and_streams(
    socket_path: Path, tmp_path: Path
) -> None:
    text = (
        "import os, sys\n"
        "print(sys.argv[1:], os.environ['MINE'], os.getcwd(), sys.stdin.read())\n"
        "print(sorted(os.environ), file=sys.stderr)\n"
        "sys.exit(3)"
    )
    words = command(socket_path, text, "a", "b c")
    status, output, error = run(words, stdin="read", folder=tmp_path, environment={"MINE": "own"})
    assert (status, output) == (3, f"['a', 'b c'] own {tmp_path} read\n")
    assert error == "['LANG', 'MINE', 'PATH']\n"


@pytest.mark.usefixtures("server")
def test_a_forked_command_finds_imported_what_the_program_imports(socket_path: Path) -> None:
    words = command(socket_path, "import sys; print('decimal' in sys.modules)")
    assert run(words) == (0, "True\n", "")


@pytest.mark.usefixtures("server")
def test_files_of_a_forked_command_have_the_rights_that_its_callers_umask_leaves(
    socket_path: Path, tmp_path: Path
) -> None:
    words = command(socket_path, "open('made', 'w').close()")
    run(["/bin/sh", "-c", 'umask 027; exec "$@"', "sh", *words], folder=tmp_path)
    assert (tmp_path / "made").stat().st_mode & 0o777 == 0o640


@pytest.mark.usefixtures("server")
def test_a_command_that_a_signal_ends_ends_its_client_by_it(socket_path: Path) -> None:
    words = command(socket_path, "import os; os.kill(os.getpid(), 9)")
    assert run(words)[0] == -signal.SIGKILL


@pytest.mark.usefixtures("server")
def test_a_signal_to_the_client_reaches_the_command(socket_path: Path) -> None:
    text = (
        "import signal, sys\n"
        "signal.signal(signal.SIGTERM, lambda *_: sys.exit(7))\n"
        "print('ready', flush=True)\n"
        "while True: signal.pause()"
    )
    with started(command(socket_path, text)) as client:
        client.terminate()
        assert client.wait() == 7


def test_a_signal_reaches_a_command_whose_start_the_client_does_not_know_of_yet(
    socket_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(socket_path.parent)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(socket_path.name)
        listener.listen()
        with subprocess.Popen(command(socket_path, "pass"), env=ENVIRONMENT) as client:
            connection, _ = listener.accept()
            with connection:
                receive_request(connection).close()
                client.terminate()
                send_number(connection, client.pid)
                assert connection.recv(1) == bytes([signal.SIGTERM])
                send_number(connection, 7)
                assert client.wait() == 7


def test_a_command_does_not_outlive_its_client(server: ForkServer, socket_path: Path) -> None:
    text = "import signal\nprint('ready', flush=True)\nsignal.pause()"
    with started(command(socket_path, text)) as client:
        assert find_descendants(server.pid)
        client.kill()
        until(lambda: not find_descendants(server.pid))


def test_a_command_starts_afresh_where_no_server_is(socket_path: Path) -> None:
    assert run(command(socket_path, "", "a", "b c")) == (0, "afresh a b c\n", "")


@pytest.mark.usefixtures("server")
@pytest.mark.parametrize("variable", ["PYTHONWARNINGS", "LC_ALL", "NOT_FORKED"])
def test_a_command_starts_afresh_where_a_fork_would_differ(
    socket_path: Path, variable: str
) -> None:
    words = command(socket_path, "print('forked')")
    assert run(words)[1] == "forked\n"
    assert run(words, environment={variable: "C"})[1] == "afresh\n"


def test_the_server_has_no_thread_and_neither_has_a_fork(
    server: ForkServer, socket_path: Path
) -> None:
    text = (
        "import os; print(len(os.listdir('/proc/self/task')), sorted(os.listdir('/proc/self/fd')))"
    )
    # Its standard streams, and the one with which it lists.
    assert run(command(socket_path, text))[1] == "1 ['0', '1', '2', '3']\n"
    assert len(os.listdir(f"/proc/{server.pid}/task")) == 1


def test_a_server_takes_the_place_of_one_that_was_killed(
    server: ForkServer, socket_path: Path
) -> None:
    os.kill(server.pid, signal.SIGKILL)
    server.close()
    second = ForkServer(_PROGRAM, ["-I"], ENVIRONMENT, socket_path=socket_path)
    try:
        assert run(command(socket_path, "print('forked')"))[1] == "forked\n"
    finally:
        second.close()


def test_the_end_of_a_server_ends_all_that_it_forked(socket_path: Path) -> None:
    server = ForkServer(_PROGRAM, ["-I"], ENVIRONMENT, socket_path=socket_path)
    text = "import signal\nprint('ready', flush=True)\nsignal.pause()"
    with started(command(socket_path, text)) as client:
        forks = find_descendants(server.pid)
        server.close()
        assert client.wait() == 255
    assert forks
    assert not any(is_alive(pid) for pid in forks)


def test_a_server_ends_when_its_starter_is_killed(tmp_path: Path) -> None:
    text = (
        f"import sys; sys.path.insert(0, {str(Path.cwd())!r})\n"
        "from pathlib import Path\n"
        "from embedded_aws.speed.forking.fork_server import ForkServer\n"
        f"server = ForkServer(Path({str(_PROGRAM)!r}), ['-I'], {ENVIRONMENT})\n"
        "print(server.pid, flush=True)\n"
        "sys.stdin.read()"
    )
    owner = subprocess.Popen(
        [sys.executable, "-c", text], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    with owner:
        assert owner.stdout is not None
        pid = int(owner.stdout.readline())
        assert is_alive(pid)
        owner.kill()
        until(lambda: not is_alive(pid))


def test_a_process_reports_its_status_and_ends_with_its_session(
    server: ForkServer, tmp_path: Path
) -> None:
    text = "import subprocess, sys; print(subprocess.Popen(['sleep', '600']).pid); sys.exit(4)"
    process, output = start(server, text, tmp_path)
    until(lambda: process.poll() is not None)
    left_behind = int(os.read(output, 100))
    assert (process.poll(), is_alive(left_behind)) == (4, True)
    process.end()
    until(lambda: not is_alive(left_behind))
    os.close(output)


def test_a_process_can_be_killed(server: ForkServer, tmp_path: Path) -> None:
    process, output = start(server, "import signal; signal.pause()", tmp_path)
    assert process.poll() is None
    process.kill()
    until(lambda: process.poll() == -signal.SIGKILL)
    process.end()
    os.close(output)


def test_a_process_is_refused_where_a_fork_would_differ_and_where_no_server_is(
    server: ForkServer, tmp_path: Path
) -> None:
    with pytest.raises(RefusedError):
        start(server, "", tmp_path, {"NOT_FORKED": "yes"})
    server.close()
    with pytest.raises(RefusedError):
        start(server, "", tmp_path)


def start(
    server: ForkServer, text: str, folder: Path, more: Mapping[str, str] | None = None
) -> tuple[ForkedProcess, int]:
    """Start a process; return it and its output."""
    output, of_process = os.pipe()
    with open(os.devnull) as nothing, os.fdopen(of_process, "w") as written:
        streams = (nothing.fileno(), written.fileno(), written.fileno())
        return server.start([text], {**ENVIRONMENT, **(more or {})}, streams, folder), output


def started(words: list[str]) -> subprocess.Popen[str]:
    """Start a command and return it when it has printed that it is ready."""
    client = subprocess.Popen(words, env=ENVIRONMENT, stdout=subprocess.PIPE, text=True)
    assert client.stdout is not None
    assert client.stdout.readline() == "ready\n"
    return client


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False
