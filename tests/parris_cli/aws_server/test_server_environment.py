from pathlib import Path

from parris_cli.aws_server.server_environment import read_record, recorded


def test_only_the_user_who_started_the_server_can_read_the_key(tmp_path: Path) -> None:
    with recorded(tmp_path, 4577, {"AWS_ACCESS_KEY_ID": "id"}):
        place = tmp_path / "servers"
        assert [path.stat().st_mode & 0o777 for path in (place, *place.iterdir())] == [0o700, 0o600]
        assert read_record(tmp_path, 4577) == {"AWS_ACCESS_KEY_ID": "id"}
        assert read_record(tmp_path, 4578) is None
    assert list(place.iterdir()) == []
    assert read_record(tmp_path, 4577) is None
