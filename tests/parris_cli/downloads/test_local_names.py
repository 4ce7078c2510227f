import pytest

from parris_cli.downloads.local_names import FileSystem, choose_local_names

POSIX = FileSystem()
WINDOWS = FileSystem(is_windows=True, is_case_sensitive=False)
MACOS = FileSystem(is_case_sensitive=False)


@pytest.mark.parametrize(
    "name",
    [
        "model.json",
        "plots/a b.png",
        "ä/ö.txt",
        ".hidden",
        "...",
        "a..b",
        "x\\y",
        "C:x",
        "tab\tname",
    ],
)
def test_an_ordinary_name_stays_as_it_is(name: str) -> None:
    chosen = choose_local_names([name], POSIX)
    assert chosen.places == {name: name}
    assert (chosen.renamed, chosen.skipped) == ({}, [])


@pytest.mark.parametrize(
    "name",
    [
        "../a",
        "a/../../b",
        "a/..",
        "..",
        "/etc/passwd",
        "//a",
        "a\0b",
        "\ud800",
        "a//b",
        "./a",
        "a/",
        "",
    ],
)
def test_a_name_that_no_path_inside_the_folder_has_is_skipped_with_why(name: str) -> None:
    chosen = choose_local_names([name, "model.json"], POSIX)
    assert chosen.places == {"model.json": "model.json"}
    ((skipped),) = chosen.skipped
    assert skipped.name == name
    assert skipped.why


@pytest.mark.parametrize(
    "name",
    [
        "..\\a",
        "a\\..\\..\\b",
        "C:\\x",
        "c:x",
        "\\\\host\\share",
        "a:stream",
        "CON",
        "nul.txt",
        "sub/COM1.log",
        "a?",
        'say "x"',
        "a*",
        "ends.",
        "ends ",
        "tab\tname",
        "<a>",
    ],
)
def test_what_windows_would_read_as_something_else_is_skipped_there(name: str) -> None:
    assert not choose_local_names([name], WINDOWS).places


def test_a_long_name_is_cut_and_distinguished_from_others_by_its_hash() -> None:
    names = [f"{'x' * 300}{end}.json" for end in ("a", "b")] + ["ä" * 200, f"{'y' * 300}/model"]
    chosen = choose_local_names(names, POSIX)
    assert len(set(chosen.places.values())) == 4
    for name, place in chosen.places.items():
        assert all(len(part.encode()) <= 255 for part in place.split("/"))
        assert place.endswith(".json") == name.endswith(".json")


def test_a_file_that_is_a_folder_as_well_gives_way() -> None:
    chosen = choose_local_names(["a", "a/b", "a/b/c.txt", "a/b~2"], POSIX)
    assert chosen.places == {"a": "a~2", "a/b": "a/b~3", "a/b/c.txt": "a/b/c.txt", "a/b~2": "a/b~2"}
    assert set(chosen.renamed) == {"a", "a/b"}


def test_twins_by_case_or_composition_are_distinguished_where_the_file_system_does_not() -> None:
    names = ["Model.json", "model.json", "MODEL.JSON", "caf\u00e9", "cafe\u0301", "A", "a/b"]
    assert choose_local_names(names, POSIX).renamed == {}
    chosen = choose_local_names(names, MACOS)
    assert len({place.casefold() for place in chosen.places.values()}) == len(names)
    assert chosen.places["a/b"] == "a/b"
    assert chosen.places["A"] == "A~2"


def test_no_plain_name_gives_way_to_one_that_was_changed() -> None:
    long = "x" * 300
    shortened = choose_local_names([long], POSIX).places[long]
    chosen = choose_local_names([long, shortened], POSIX)
    assert chosen.places[shortened] == shortened
    assert chosen.places[long] != shortened
