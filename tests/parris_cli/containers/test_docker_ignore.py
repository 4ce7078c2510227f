"""Tests of .dockerignore rules, by the examples of Docker's own documentation and tests."""

import pytest

from parris_cli.containers.docker_ignore import DockerIgnore


@pytest.mark.parametrize(
    ("text", "left_out", "kept"),
    [
        ("", [], ["train.py"]),
        ("# a comment\n\n  \n", [], ["# a comment"]),
        ("data", ["data", "data/a.csv", "data/b/c.csv"], ["src/data", "data2"]),
        ("/data/", ["data", "data/a.csv"], ["src/data"]),
        ("./data/../logs", ["logs/x"], ["data"]),
        ("*/temp*", ["a/temporary.txt", "a/temp"], ["temp", "a/b/temp"]),
        ("*/*/temp*", ["a/b/temporary.txt"], ["a/temp"]),
        ("temp?", ["tempa", "tempb"], ["temp", "temp/a"]),
        ("**/*.go", ["a.go", "b/a.go", "b/c/a.go"], ["a.got"]),
        ("**", ["a", "b/a"], []),
        ("foo/**", ["foo/a", "foo/b/a"], ["foo2/a"]),
        ("*.md\n!README.md", ["NOTES.md"], ["README.md", "docs/README.md"]),
        ("*.md\n!README*.md\nREADME-secret.md", ["README-secret.md"], ["README-1.md"]),
        ("*\n!train.py", ["data", "requirements.txt"], ["train.py"]),
        ("[a-c].txt", ["a.txt", "c.txt"], ["d.txt"]),
        ("[^a].txt", ["b.txt"], ["a.txt"]),
        (r"a\*b", ["a*b"], ["axb"]),
        ("a.b", ["a.b"], ["axb"]),
        ("a+b(c)", ["a+b(c)"], ["aab(c)"]),
        (".", [], ["a"]),
    ],
)
def test_what_a_file_leaves_out(text: str, left_out: list[str], kept: list[str]) -> None:
    rules = DockerIgnore(text)
    assert [one for one in left_out if not rules.leaves_out(one, is_folder=False)] == []
    assert [one for one in kept if rules.leaves_out(one, is_folder=False)] == []


@pytest.mark.parametrize(
    ("text", "is_entered"),
    [("data", False), ("data\n!data/a.csv", True), ("data\n!**/a.csv", True), ("*\n!src", False)],
)
def test_a_folder_is_entered_if_an_exception_may_be_in_it(text: str, is_entered: bool) -> None:
    assert DockerIgnore(text).leaves_out("data", is_folder=True) is not is_entered


def test_only_an_exception_includes_a_file_by_its_name() -> None:
    rules = DockerIgnore("*.pem\n!public.pem")
    assert rules.includes("public.pem")
    assert not rules.includes("private.pem")
    assert not rules.includes("train.py")


def test_a_line_that_is_no_pattern_is_named() -> None:
    with pytest.raises(ValueError, match=r"'\[a' is not a pattern"):
        DockerIgnore("data\n[a")
