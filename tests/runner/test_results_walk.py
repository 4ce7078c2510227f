"""What the one walk over the results folder finds, and under which names."""

import os
from pathlib import Path
from urllib.parse import unquote_to_bytes

import pytest
import runner_walk
from runner_walk import Walk, walk_results

LONGEST_BYTES = 300


@pytest.fixture
def results(tmp_path: Path) -> Path:
    made = tmp_path / "results"
    made.mkdir()
    return made


def put(path: Path, text: str = "x") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def walk(results: Path) -> Walk:
    return walk_results(str(results), LONGEST_BYTES)


def names(results: Path) -> list[str]:
    return sorted(one.name for one in walk(results).files)


@pytest.mark.parametrize("target", [".", "..", "../results", "run", "run/model", "run/../run"])
def test_a_link_to_something_inside_saves_nothing_twice(results: Path, target: str) -> None:
    put(results / "run" / "model")
    os.symlink(target, results / "latest")
    found = walk(results)
    assert [one.name for one in found.files] == ["run/model"]
    assert not found.problems
    assert "'latest'" in found.remarks[0]


def test_a_link_out_of_the_folder_is_followed_once(results: Path, tmp_path: Path) -> None:
    put(tmp_path / "disk" / "a")
    put(tmp_path / "disk" / "deep" / "b")
    os.symlink(tmp_path / "disk", tmp_path / "disk" / "deep" / "back")
    os.symlink(tmp_path / "disk", results / "first")
    os.symlink(tmp_path / "disk" / "deep" / "b", results / "other")
    os.symlink(tmp_path / "disk", results / "second")
    assert names(results) == ["first/a", "first/deep/b"]


@pytest.mark.parametrize("target", ["/", "/proc", "/proc/self", "/sys", "/dev/null", "nothing"])
def test_a_link_outside_the_results_is_not_followed(results: Path, target: str) -> None:
    put(results / "model")
    os.symlink(target, results / "link")
    os.symlink("circle", results / "circle")
    found = walk(results)
    assert [one.name for one in found.files] == ["model"]
    assert not found.problems


def test_pipes_and_sockets_are_not_results_and_hard_links_are_files(results: Path) -> None:
    put(results / "model")
    os.link(results / "model", results / "again")
    os.mkfifo(results / "pipe")
    assert names(results) == ["again", "model"]


@pytest.mark.parametrize(
    "name",
    [
        b"line\nend",
        b"tab\there",
        b"\x01\x7f",
        b"latin-\xe9",
        b"\xff\xfe",
        b"surrogate-\xed\xa0\x80",
        "c1-\x85".encode(),
        "no-character-\ufffe".encode(),
        b"100%\n",
        b"folder\n/model",
        b"x" * 255,
        b"/".join([b"y" * 200] * 2),
    ],
)
def test_a_name_that_can_be_no_key_is_encoded_and_can_be_had_back(
    results: Path, name: bytes
) -> None:
    path = os.path.join(os.fsencode(results), name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    Path(os.fsdecode(path)).write_text("x")
    found = walk_results(str(results), 250)
    (key,) = [one.name for one in found.files]
    assert len(key.encode()) <= 250
    assert key.isprintable()
    assert unquote_to_bytes(found.encoded[key]) == name
    if len(name) < 100:
        assert unquote_to_bytes(key) == name


@pytest.mark.parametrize("name", ["a b", "ü", "a%0Ab", "...", "..x", "-", "a\\b", "a:b", "x'\"&<>"])
def test_a_name_that_can_be_a_key_stays_as_it_is(results: Path, name: str) -> None:
    put(results / name)
    found = walk(results)
    assert [one.name for one in found.files] == [name]
    assert not found.encoded


def test_no_encoded_name_takes_that_of_another_file(results: Path) -> None:
    for name in ("a\nb", "a%0Ab", "a%0A%62", "a%0A\n"):
        put(results / name, name)
    found = walk(results)
    by_name = {one.name: Path(one.path).read_text() for one in found.files}
    assert len(by_name) == 4
    assert by_name["a%0Ab"] == "a%0Ab"
    for key, whole in found.encoded.items():
        assert by_name[key] == unquote_to_bytes(whole).decode()


def test_too_many_too_deep_and_too_large_are_reported(
    results: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runner_walk, "LARGEST_COUNT", 3)
    monkeypatch.setattr(runner_walk, "LARGEST_DEPTH", 4)
    monkeypatch.setattr(runner_walk, "LARGEST_BYTES", 10)
    put(results / "a" / "b" / "c" / "d" / "e" / "deep")
    put(results / "large", "x" * 11)
    for number in range(5):
        put(results / f"{number}")
    found = walk(results)
    assert len(found.files) == 3
    words = " ".join(found.problems)
    assert "only the first 3" in words
    assert "larger than an object" in words


def test_a_folder_deeper_than_the_bound_is_reported_and_the_rest_is_saved(results: Path) -> None:
    put(results.joinpath(*["d"] * 70) / "deep")
    put(results / "model")
    found = walk(results)
    assert [one.name for one in found.files] == ["model"]
    assert "deeper than 64" in found.problems[0]
