"""Which files go with a script: its folder, or what `files` names, and no secret in silence."""

import os
import pwd
import socket
from pathlib import Path

import pytest

from parris.payloads import Json, Payload
from parris_cli.errors import RefusedError
from parris_cli.packing import plan_code as plan_code_module
from parris_cli.packing.plan_code import CodePlan, plan_code
from parris_cli.project_files import PROJECT


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "training"
    folder.mkdir()
    write(folder, "train.py")
    return folder


def write(root: Path, name: str, text: str = "x") -> Path:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def planned(root: Path, config: Payload | None = None, script: str = "train.py") -> CodePlan:
    plan = plan_code(root / "job.json", config or {}, root / script)
    assert plan is not None
    return plan


def names(plan: CodePlan) -> list[str]:
    return [one.name for one in plan.files]


def test_the_scripts_folder_goes_with_it(root: Path) -> None:
    for name in ("helper.py", "requirements.txt", "models/net.py", "a name with spaces", "\u00e4"):
        write(root, name)
    (root / "empty.py").touch()
    plan = planned(root)
    assert names(plan) == [
        *("a name with spaces", "empty.py", "helper.py", "models/net.py", "requirements.txt"),
        "\u00e4",
    ]
    assert (plan.script_folder, plan.notes) == ("", ())


def test_a_script_below_its_config_brings_its_own_folder(root: Path) -> None:
    write(root, "src/train.py")
    write(root, "src/helper.py")
    assert names(planned(root, script="src/train.py")) == ["helper.py"]


def test_input_data_does_not_go_twice(root: Path) -> None:
    write(root, "data/train.csv")
    write(root, "data/deep/test.csv")
    write(root, "labels.csv")
    plan = plan_code(
        root / "job.json", {}, root / "train.py", [root / "data" / "deep", root / "labels.csv"]
    )
    assert plan is not None
    assert names(plan) == ["data/train.csv"]


def test_what_no_training_needs_is_left_out(root: Path) -> None:
    for name in (
        *(
            ".git/config",
            ".cache/x",
            ".github/w.yml",
            "__pycache__/a.pyc",
            "src/__pycache__/b.pyc",
            ".venv/bin/python",
        ),
        *("results/job/model.pt", "node_modules/a.js", ".DS_Store", "src/old.pyc", ".parrisignore"),
    ):
        write(root, name, "")
    write(root, "src/kept.py")
    assert names(planned(root)) == ["src/kept.py"]


@pytest.mark.parametrize("marker", ["pyvenv.cfg", "conda-meta/history"])
def test_a_virtual_environment_is_left_out_whatever_its_name(root: Path, marker: str) -> None:
    write(root, f"my-env/{marker}")
    write(root, "my-env/lib/torch.py")
    write(root, "env/settings.py")
    assert names(planned(root)) == ["env/settings.py"]
    write(root, ".parrisignore", "!my-env/\n")
    assert "my-env/lib/torch.py" in names(planned(root))


def test_the_summary_names_the_folder_the_count_and_the_largest_file(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(root, "helper.py", "x" * 10)
    assert planned(root).summary == f"1 file (10 B) of {root}: helper.py"
    write(root, "data/big.csv", "x" * 2000)
    said = "2 files (2.0 kB) of {}, the largest is data/big.csv (2.0 kB)"
    assert planned(root).summary == said.format(root)
    monkeypatch.chdir(root)
    assert planned(Path()).summary == said.format(root)
    monkeypatch.chdir(root / "data")
    assert planned(Path("..")).summary == said.format(root)


def test_a_large_folder_is_packed_with_a_warning(root: Path) -> None:
    for number in range(3):
        with write(root, f"{number}.bin").open("wb") as file:
            file.truncate(7_000_000)
    (note,) = planned(root).notes
    assert note.startswith("21.0 MB are packed with train.py. If it does not need all of them,")
    assert ".parrisignore" in note
    assert planned(root, {"files": ["*.bin"]}).notes == ()


def test_parrisignore_leaves_out_and_takes_back_as_gitignore_does(root: Path) -> None:
    write(root, ".parrisignore", "\ufeff# comment\n*.csv\n!small.csv\n/notes/\n!results/\n")
    for name in ("big.csv", "data/other.csv", "small.csv", "notes/a", "src/notes/a", "results/a"):
        write(root, name)
    assert names(planned(root)) == ["results/a", "small.csv", "src/notes/a"]


@pytest.mark.parametrize("body", [b"\xff\xfe", b"!\n"])
def test_a_parrisignore_that_is_none_is_refused(root: Path, body: bytes) -> None:
    (root / ".parrisignore").write_bytes(body)
    with pytest.raises(RefusedError, match=r"\.parrisignore"):
        planned(root)


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        (["helper.py"], ["helper.py"]),
        (["./src/"], ["src/a.py", "src/deep/b.py", "src/deep/c.txt"]),
        (["src/*.py"], ["src/a.py"]),
        (["src/**/*.py"], ["src/a.py", "src/deep/b.py"]),
        (["**/*.py"], ["[odd].py", "helper.py", "src/a.py", "src/deep/b.py"]),
        (["**"], ["[odd].py", "helper.py", "src/a.py", "src/deep/b.py", "src/deep/c.txt"]),
        (["."], ["[odd].py", "helper.py", "src/a.py", "src/deep/b.py", "src/deep/c.txt"]),
        (["s?c"], ["src/a.py", "src/deep/b.py", "src/deep/c.txt"]),
        (["[!s]*.py"], ["[odd].py", "helper.py"]),
        (["[[]odd].py", "train.py"], ["[odd].py"]),
        ([], []),
    ],
)
def test_files_are_paths_and_patterns_below_the_config(
    root: Path, files: list[Json], expected: list[str]
) -> None:
    for name in ("helper.py", "src/a.py", "src/deep/b.py", "src/deep/c.txt", "[odd].py"):
        write(root, name)
    assert names(planned(root, {"files": files})) == expected


def test_a_script_keeps_its_place_among_the_files(root: Path) -> None:
    write(root, "src/train.py")
    write(root, "src/helper.py")
    write(root, "data.csv")
    plan = planned(root, {"files": ["src", "data.csv"]}, "src/train.py")
    assert (names(plan), plan.script_folder) == (["data.csv", "src/helper.py"], "src")


@pytest.mark.parametrize(
    ("files", "message"),
    [
        (["missing.py"], "there is no"),
        (["*.missing"], "matches no file"),
        (["results"], "!results/"),
        (["../outside.py"], "leads out of the config's folder"),
        (["/etc/passwd"], "leads out of the config's folder"),
        (["~/x"], "leads out of the config's folder"),
        (["a\0b"], "leads out of the config's folder"),
    ],
)
def test_files_that_name_nothing_are_refused(root: Path, files: list[Json], message: str) -> None:
    write(root, "results/model.pt")
    with pytest.raises(RefusedError, match=message):
        planned(root, {"files": files})


@pytest.mark.parametrize("files", ["src", [1], [""], {"a": 1}])
def test_files_of_a_wrong_shape_are_left_to_the_deployment(root: Path, files: object) -> None:
    config: Payload = {"files": files}  # type: ignore[dict-item]
    assert plan_code(root / "job.json", config, root / "train.py") is None


def test_files_beside_an_archive_are_refused(root: Path) -> None:
    with pytest.raises(RefusedError, match="use only one of them"):
        planned(root, {"files": ["a"], "code-archive": "team/code.tar.gz"})
    assert plan_code(root / "job.json", {"code-archive": "k"}, root / "train.py") is None


SECRETS = (".env", "prod.env", ".env.local", "key.pem", "id_rsa", ".aws/config", "credentials.json")


@pytest.mark.parametrize("name", SECRETS)
def test_a_secret_is_not_packed_and_that_is_said(root: Path, name: str) -> None:
    write(root, name)
    plan = planned(root)
    assert names(plan) == []
    assert plan.notes[0].startswith(f"not packed, since it may be a secret: {name}. ")


@pytest.mark.parametrize("name", [".env.example", "id_rsa.pub", "secrets.py", "environment.yml"])
def test_what_only_sounds_like_a_secret_is_packed(root: Path, name: str) -> None:
    write(root, name)
    assert names(planned(root)) == [name]


def test_a_secret_that_is_named_itself_is_packed_and_that_is_said(root: Path) -> None:
    write(root, "cert.pem")
    plan = planned(root, {"files": ["cert.pem"]})
    assert names(plan) == ["cert.pem"]
    assert plan.notes == ("packed although it may be a secret: cert.pem",)
    assert names(planned(root, {"files": ["*.pem"]})) == []


def test_a_large_file_is_not_packed_and_that_is_said(root: Path) -> None:
    with write(root, "model.bin").open("wb") as file:
        file.truncate(50_000_001)
    plan = planned(root)
    assert names(plan) == []
    assert "larger than 50.0 MB: model.bin (50.0 MB)" in plan.notes[0]
    assert names(planned(root, {"files": ["model.bin"]})) == ["model.bin"]


def test_a_folder_that_is_too_large_is_refused_soon(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plan_code_module, "MOST_FILES", 3)
    for number in range(4):
        write(root, f"{number}.txt")
    with pytest.raises(RefusedError, match=r"more than 3 files.*files.*parrisignore"):
        planned(root)
    monkeypatch.setattr(plan_code_module, "MOST_BYTES", 2)
    with pytest.raises(RefusedError, match=r"at most 2 B can be packed.*0\.txt \(1 B\)"):
        planned(root, {"files": ["0.txt", "1.txt", "2.txt"]})


def test_links_are_followed_but_not_in_a_circle(root: Path) -> None:
    write(root, "src/a.py")
    (root / "src" / "again").symlink_to("..")
    (root / "self").symlink_to(".")
    (root / "linked.py").symlink_to("src/a.py")
    (root / "gone").symlink_to("nowhere")
    (root / "round").symlink_to("round")
    outside = write(root.parent, "shared/util.py")
    (root / "shared").symlink_to(outside.parent)
    plan = planned(root)
    assert names(plan) == ["linked.py", "shared/util.py", "src/a.py"]
    said = "\n".join(plan.notes)
    for name in ("src/again", "self", "gone", "round"):
        assert f"not packed: {name!r}" in said


def test_pipes_and_sockets_are_no_files(root: Path) -> None:
    os.mkfifo(root / "pipe")
    with socket.socket(socket.AF_UNIX) as made:
        here = Path.cwd()
        os.chdir(root)  # a socket's path is short
        try:
            made.bind("socket")
        finally:
            os.chdir(here)
    plan = planned(root)
    assert names(plan) == []
    assert plan.notes == ("not packed: 'pipe' is not a file", "not packed: 'socket' is not a file")


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
@pytest.mark.parametrize("name", ["locked.py", "locked"])
def test_what_cannot_be_read_is_refused(root: Path, name: str) -> None:
    path = write(root, name) if name.endswith(".py") else root / name
    if not path.exists():
        path.mkdir()
    path.chmod(0)
    with pytest.raises(RefusedError, match="cannot be read"):
        planned(root)
    path.chmod(0o700)


def test_the_demo_goes_alone() -> None:
    config = PROJECT / "config"
    script = config / "trainer-script.sh"
    assert plan_code(config / "training-config.json", {}, script) is None
    assert plan_code(config / "examples" / "on-complete.json", {}, script) is None


def test_a_script_outside_the_configs_folder_goes_alone_with_a_note(root: Path) -> None:
    config = root / "configs" / "job.json"
    assert plan_code(config, {}, root / "train.py") is None
    write(root, "helper.py")
    plan = plan_code(config, {}, root / "train.py")
    assert plan is not None
    assert names(plan) == []
    assert plan.notes[0].startswith("only train.py is uploaded, without the other files of")
    assert "move the config there or above" in plan.notes[0]


def test_a_home_is_no_folder_for_one_training(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(root))
    write(root, "diary.txt")
    plan = planned(root)
    assert names(plan) == []
    assert "only train.py is uploaded" in plan.notes[0]


def test_a_script_that_is_all_there_is_goes_alone(root: Path) -> None:
    write(root, "job.json", "{}")
    assert names(planned(root)) == []


def test_a_range_that_ends_before_it_begins_is_refused(root: Path) -> None:
    with pytest.raises(RefusedError, match=r"'\[z-a\]\*' has a range in \[\.\.\.\]"):
        planned(root, {"files": ["[z-a]*"]})


def test_folders_that_are_nested_too_deep_are_refused(root: Path) -> None:
    write(root, "deep/" + "d/" * 100 + "x")
    with pytest.raises(RefusedError, match="'deep' are nested more than 100 levels deep"):
        planned(root)


@pytest.mark.parametrize(
    ("real", "link"),
    [(".aws/config", "settings"), (".ssh/known_hosts", "hosts"), ("a/.env", "b/plain.txt")],
)
def test_a_link_to_a_secret_is_not_packed(root: Path, real: str, link: str) -> None:
    outside = write(root.parent, real)
    (root / link).parent.mkdir(exist_ok=True)
    (root / link).symlink_to(outside)
    (root / "folder").symlink_to(outside.parent)
    plan = planned(root)
    assert names(plan) == []
    assert f"folder/{outside.name}" in plan.notes[0]
    assert link in plan.notes[0]


def test_a_link_within_the_folder_is_no_secret_whatever_lies_above(tmp_path: Path) -> None:
    root = tmp_path / ".docker" / "training"
    write(root, "train.py")
    write(root, "model.py")
    (root / "same.py").symlink_to("model.py")
    assert names(planned(root)) == ["model.py", "same.py"]


def test_a_user_without_a_home_packs_a_folder_too(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(root, "helper.py")
    monkeypatch.delenv("HOME")
    monkeypatch.setattr(pwd, "getpwuid", lambda user: {}[user])
    monkeypatch.chdir(root)
    assert names(planned(root)) == ["helper.py"]
