"""Decides which files are packed with a job's script."""

from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from parris.validation.code import CODE_KEY, FILES_KEY, MOST_BYTES
from parris.wording import MOST_NAMED, first_of
from parris_cli.errors import RefusedError
from parris_cli.formatting import counted, data_size
from parris_cli.packing.ignore_rules import IGNORE_FILE, IgnoreRules, may_be_secret
from parris_cli.packing.patterns import FilePattern
from parris_cli.packing.requirements import check_requirements
from parris_cli.packing.walk import FoundFile, Walk
from parris_cli.project_files import PROJECT

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence, Set

    from parris.payloads import Json, Payload

MOST_FILES = 10_000
LARGEST_UNNAMED_BYTES = 50 * 1000**2
"""What is larger is data, or a model, and rarely meant to be packed: `files` can name it."""
LARGE_FOLDER_BYTES = 20 * 1000**2
"""A script's folder above this probably holds data, which the user is warned of."""

_TOO_MANY = (
    f"too many to pack. List the files that the script needs under {FILES_KEY} (an empty list packs"
    f" nothing), or exclude the others in {IGNORE_FILE}"
)


@dataclass(frozen=True, slots=True)
class CodePlan:
    """The files that are packed with a script. `script_folder` is the folder of the script among
    them, empty for the top. `notes` tell the user what was left out.
    """

    root: Path
    files: tuple[FoundFile, ...]
    script_folder: str
    notes: tuple[str, ...] = ()

    @property
    def size_bytes(self) -> int:
        """Return the size of all files."""
        return sum(one.size_bytes for one in self.files)

    @property
    def summary(self) -> str:
        """Return a summary of one line."""
        size = data_size(self.size_bytes)
        # A relative path such as `.` names no folder.
        is_named = self.root.name not in ("", "..")
        folder = self.root if is_named else Path(os.path.realpath(self.root))
        packed = f"{counted(len(self.files), 'file')} ({size}) of {folder}"
        if len(self.files) == 1:
            return f"{packed}: {self.files[0].name}"
        largest = max(self.files, key=lambda one: one.size_bytes)
        return f"{packed}, the largest is {largest.name} ({data_size(largest.size_bytes)})"


def plan_code(
    source: Path, config: Payload, script: Path | None, data: Sequence[Path] = ()
) -> CodePlan | None:
    """Return the files for the script, or None if it needs none.

    Args:
        source: the config, or the script if there is no config.
        config: the whole config.
        script: the file of the script, or None if it is not known.
        data: files and folders that are uploaded apart, so they are not packed with the code.

    Raises:
        RefusedError: if `files` names a file that does not exist, or if there are too many files.
    """
    named = _texts_of(config.get(FILES_KEY, []))
    if script is None or named is None:
        return None  # the deployment reports what is wrong with it
    if named and config.get(CODE_KEY):
        raise RefusedError(f"{FILES_KEY} and {CODE_KEY}: use only one of them")
    if FILES_KEY in config:
        return _named_files(source.parent, script, [FilePattern(one) for one in named])
    if config.get(CODE_KEY) or script.parent.resolve() == PROJECT / "config":
        return None  # the archive is the code; the demo needs none
    if not script.parent.resolve().is_relative_to(source.parent.resolve()):
        return _script_elsewhere(script, source)
    if _is_too_broad(script.parent.resolve()):
        note = f"only {script.name} is uploaded: {script.parent} is not the folder of one training."
        note += f" List other files that it needs under {FILES_KEY}"
        return CodePlan(script.parent, (), "", (note,))
    return _whole_folder(script, source, {one.resolve() for one in data})


def _texts_of(value: Json) -> list[str] | None:
    found = (
        [one for one in value if isinstance(one, str) and one] if isinstance(value, list) else []
    )
    return found if found == value else None


def _script_elsewhere(script: Path, source: Path) -> CodePlan | None:
    """Return a plan without files for a script outside the config's folder."""
    try:
        others = [one for one in os.listdir(script.parent) if one[0] != "." and one != script.name]
    except OSError:
        others = []
    if not others:
        return None
    note = (
        f"only {script.name} is uploaded, without the other files of {script.parent}, which is not"
        f" in the folder of {source.name}. If it needs them, move the config there or above"
    )
    return CodePlan(script.parent, (), "", (note,))


def _is_too_broad(folder: Path) -> bool:
    """Return whether a folder is or contains the user's home or the folder for temporary files."""
    # A user without a home, as in some containers, has "~".
    kept_out = (os.path.expanduser("~"), tempfile.gettempdir())
    return any(Path(one).resolve().is_relative_to(folder) for one in kept_out if os.path.isabs(one))


def _whole_folder(script: Path, source: Path, data: Set[Path]) -> CodePlan:
    root = script.parent
    rules, skipped = IgnoreRules(root), _Skipped()

    def leaves_out(name: str, is_folder: bool) -> bool:
        return rules.leaves_out(name, is_folder) or Path(os.path.realpath(root / name)) in data

    walk = Walk(root, MOST_FILES, _TOO_MANY, leaves_out)
    # The config itself is not code. A script without other files is not packed.
    others = [one for one in walk.files() if not _is_one_of(one, (script, source))]
    kept = [one for one in others if not skipped.takes(one)]
    plan = _plan(root, kept, "", skipped.notes() + _odd_notes(walk))
    if plan.size_bytes <= LARGE_FOLDER_BYTES:
        return plan
    note = (
        f"{data_size(plan.size_bytes)} are packed with {script.name}. If it does not need all of"
        f" them, list what it needs under {FILES_KEY}, or exclude the rest in {IGNORE_FILE}. Put"
        " data into input-data"
    )
    return replace(plan, notes=(*plan.notes, note))


def _named_files(root: Path, script: Path, patterns: Sequence[FilePattern]) -> CodePlan:
    if not patterns:
        return CodePlan(root, (), "")
    by_path = {one.path for one in patterns if not one.is_pattern}
    rules, skipped = IgnoreRules(root), _Skipped(by_path)
    tops = {one.parts[0] if one.parts else "" for one in patterns}

    def leaves_out(name: str, is_folder: bool) -> bool:
        # The rest of a large folder is not read.
        if not _may_hold(name, tops) or (name in by_path and not is_folder):
            return name not in by_path
        return rules.leaves_out(name, is_folder)

    walk = Walk(root, MOST_FILES, _TOO_MANY, leaves_out)
    found = [one for one in walk.files() if any(two.matches(one.name) for two in patterns)]
    for pattern in patterns:
        if not any(pattern.matches(one.name) for one in found):
            raise RefusedError(_nothing_for(pattern, root))
    kept = [one for one in found if not _is_one_of(one, (script,)) and not skipped.takes(one)]
    folder = script.parent.resolve()
    is_below = folder.is_relative_to(root.resolve())
    script_folder = folder.relative_to(root.resolve()).as_posix() if is_below else ""
    notes = skipped.notes() + _odd_notes(walk)
    return _plan(root, kept, script_folder.removeprefix("."), notes)


def _may_hold(name: str, tops: Iterable[str]) -> bool:
    """Return whether a path is at or below the first part of a pattern."""
    first = name.partition("/")[0]
    return any(not top or FilePattern(top).matches(first) or top == "**" for top in tops)


def _nothing_for(pattern: FilePattern, root: Path) -> str:
    if pattern.is_pattern or (root / pattern.path).exists():
        return (
            f"files: {pattern.text!r} matches no file in {root} that is packed."
            f" To include files that are left out by default or by {IGNORE_FILE}, add a line such"
            " as !results/ there"
        )
    return f"files: there is no {root / pattern.path}"


def _is_one_of(found: FoundFile, files: Iterable[Path]) -> bool:
    return any(one.exists() and found.path.samefile(one) for one in files)


def _plan(
    root: Path, files: Sequence[FoundFile], script_folder: str, notes: tuple[str, ...]
) -> CodePlan:
    by_name = {one.name: one for one in files}
    about_requirements = check_requirements(root, by_name, script_folder)
    plan = CodePlan(root, tuple(files), script_folder, (*notes, *about_requirements))
    if plan.size_bytes > MOST_BYTES:
        largest = sorted(files, key=lambda one: -one.size_bytes)[:MOST_NAMED]
        shown = ", ".join(f"{one.name} ({data_size(one.size_bytes)})" for one in largest)
        raise RefusedError(
            f"{root}: {data_size(plan.size_bytes)} of code, but at most {data_size(MOST_BYTES)}"
            f" can be packed. Put data into input-data. The largest: {shown}"
        )
    return plan


class _Skipped:
    """Files that are packed only if they are named: possible secrets and large files."""

    def __init__(self, named: Iterable[str] = ()) -> None:
        self._named = frozenset(named)
        self._secret: list[str] = []
        self._named_secret: list[str] = []
        self._large: list[str] = []

    def takes(self, one: FoundFile) -> bool:
        """Return whether the file is left out."""
        is_named = one.name in self._named
        if may_be_secret(one):
            (self._named_secret if is_named else self._secret).append(one.name)
            return not is_named
        if one.size_bytes > LARGEST_UNNAMED_BYTES and not is_named:
            self._large.append(f"{one.name} ({data_size(one.size_bytes)})")
            return True
        return False

    def notes(self) -> tuple[str, ...]:
        """Return notes for the user."""
        found = []
        if self._secret:
            found.append(
                f"not packed, since it may be a secret: {first_of(self._secret)}. Read secrets with"
                f" the machine's role; or name the file itself under {FILES_KEY}"
            )
        if self._named_secret:
            found.append(f"packed although it may be a secret: {first_of(self._named_secret)}")
        if self._large:
            most = data_size(LARGEST_UNNAMED_BYTES)
            found.append(
                f"not packed, since larger than {most}: {first_of(self._large)}. Put data into"
                f" input-data; or name the file itself under {FILES_KEY}"
            )
        return tuple(found)


def _odd_notes(walk: Walk) -> tuple[str, ...]:
    return tuple(f"not packed: {name!r} {why}" for name, why in walk.left_out.items())
