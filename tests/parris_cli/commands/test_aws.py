import pytest

from parris_cli.main import main


@pytest.mark.parametrize("command", ["up", "env"])
@pytest.mark.parametrize("port", ["99999", "-1", "65536", "x", "", "1.5", "²", "1e3", "0x10"])
def test_an_invalid_port_is_refused_with_a_message(
    command: str, port: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["aws", command, f"--port={port}"])
    assert ended.value.code == 2
    assert f"found {port!r}, expected a port" in capsys.readouterr().err
