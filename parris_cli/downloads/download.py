"""Downloads everything that a job has saved, eight files at a time, and reports what is missing."""

from __future__ import annotations

import errno
import os
import queue
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from parris.aws.bucket import Bucket
from parris_cli.aws_errors import AWS_ERRORS, describe_error, is_denied, is_expired
from parris_cli.downloads.fetch_file import CancelledError, Fetcher, NotPlacedError
from parris_cli.downloads.job_places import LOG, METRICS, NAMES, RECORD
from parris_cli.downloads.local_names import FileSystem, Skipped, choose_local_names
from parris_cli.downloads.service_log_file import write_service_log
from parris_cli.downloads.stored_files import StoredFile, decode_names, list_files
from parris_cli.errors import InterruptedByUserError
from parris_cli.formatting import counted, data_size
from parris_cli.terminal.progress import Gauge, Progress
from parris_cli.terminal.style import Style

if TYPE_CHECKING:
    from parris_cli.account.clients import Account
    from parris_cli.downloads.job_places import JobPlaces
    from parris_cli.terminal.screen import Screen

_FILES_AT_ONCE = 8
_LOOK_SECONDS = 0.2
_LEAVE_WITHIN_SECONDS = 2.0
# Errors that stop one file stop the next one, too.
_STOPPING_ERRNO = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO, errno.EMFILE})
_DENIALS_IN_A_ROW = 8
INTERRUPTED = "interrupted"
_DOWNLOADING = "downloading"


@dataclass(frozen=True, slots=True)
class Download:
    """The result of a download.

    `count` is how many of `total_count` result files are here; `problem` says what stopped the
    download, empty if nothing did; `renamed` maps names to the different names that they have here.
    """

    folder: Path
    uri: str
    count: int = 0
    total_count: int = 0
    size_bytes: int = 0
    fetched_count: int = 0
    skipped: tuple[Skipped, ...] = ()
    renamed: tuple[tuple[str, str], ...] = ()
    problem: str = ""

    @property
    def is_complete(self) -> bool:
        """Return whether everything that can be downloaded is here."""
        return not self.problem

    @property
    def is_interrupted(self) -> bool:
        """Return whether the user stopped it."""
        return self.problem == INTERRUPTED


def download_results(account: Account, places: JobPlaces, folder: Path, screen: Screen) -> Download:
    """Download a job's results, log, record and list of names; create no folder if there are none.

    Files that are already here are not downloaded again, and partial files are resumed.

    Args:
        account: the deployment's account.
        places: where the files are in the bucket.
        folder: the destination.
        screen: shows the progress.
    """
    work = _Work(account, places, folder, screen)
    try:
        work.run()
    except InterruptedByUserError:
        work.problem = INTERRUPTED
    except Exception as err:  # whatever it is, the rest of the report must be made
        work.problem = describe_error(err)
    screen.end_status()
    return work.result()


@dataclass(frozen=True, slots=True)
class _Wanted:
    """One file to download, and its destination relative to the folder."""

    name: str
    stored: StoredFile
    place: str
    is_result: bool


_Done = tuple[_Wanted, bool | Exception]


class _Work:
    """One running download."""

    def __init__(self, account: Account, places: JobPlaces, folder: Path, screen: Screen) -> None:
        self._account, self._places, self._screen = account, places, screen
        self._folder = folder
        self._cancelled = threading.Event()
        self._counting = threading.Lock()
        self._arrived_bytes = 0
        self._total_count = 0
        self._here: list[_Wanted] = []
        self._fetched_count = 0
        self._skipped: list[Skipped] = []
        self.problem = ""

    def run(self) -> None:
        results, beside = self._list()
        self._total_count = len(results)
        if not results and not beside:
            return
        self._folder.mkdir(parents=True, exist_ok=True)
        files = self._place(results, beside)
        total_bytes = sum(one.stored.size_bytes for one in files)
        named = [counted(len(results), "result")] if results else []
        named += sorted(one.name for one in files if not one.is_result)
        self._screen.say(
            f"{' + '.join(named)} ({data_size(total_bytes)}) to {self._folder}",
            _DOWNLOADING,
            Style.PHASE,
        )
        self._fetch(files, total_bytes)
        self._fetch_service_log({one.place.split("/")[0].casefold() for one in files})

    def result(self) -> Download:
        here = [one for one in self._here if one.is_result]
        renamed = [(one.name, one.place) for one in here if one.name != one.place]
        return Download(
            folder=self._folder,
            uri=self._places.results_uri,
            count=len(here),
            total_count=self._total_count,
            size_bytes=sum(one.stored.size_bytes for one in here),
            fetched_count=self._fetched_count,
            skipped=tuple(self._skipped),
            renamed=tuple(sorted(renamed)),
            problem=self.problem,
        )

    def _list(self) -> tuple[dict[str, StoredFile], dict[str, StoredFile]]:
        places, client = self._places, self._account.s3
        results, beside = {}, {}
        for place in places.saved:
            for stored in list_files(client, place.bucket, place.prefix):
                name = stored.key.removeprefix(place.prefix)
                # The console makes such an object for an empty folder; it is not a result.
                if stored.size_bytes or not (name == "" or name.endswith("/")):
                    results[f"{place.folder}/{name}" if place.folder else name] = stored
        keys = {
            LOG: places.log_key,
            METRICS: places.metrics_key,
            RECORD: places.record_key,
            NAMES: places.names_key,
        }
        for name, key in keys.items():
            for stored in list_files(client, places.bucket, key):
                if stored.key == key:
                    beside[name] = stored
        return results, beside

    def _place(
        self, results: dict[str, StoredFile], beside: dict[str, StoredFile]
    ) -> list[_Wanted]:
        decoded = decode_names(self._names_file()) if NAMES in beside else {}
        chosen = choose_local_names(results, _file_system_of(self._folder), decoded)
        self._skipped += chosen.skipped
        files = [
            _Wanted(name, results[name], place, is_result=True)
            for name, place in chosen.places.items()
        ]
        taken = {place.split("/")[0].casefold() for place in chosen.places.values()}
        for name, stored in beside.items():
            if name in taken:
                why = f"the script saved its own {name}; the job's is"
                uri = f"s3://{stored.bucket}/{stored.key}"
                self._skipped.append(Skipped(name, f"{why} {uri}"))
            else:
                files.append(_Wanted(name, stored, name, is_result=False))
        return files

    def _fetch_service_log(self, taken: set[str]) -> None:
        place = self._places.service_log
        if place is None or LOG in taken:
            return
        try:
            write_service_log(self._account.logs, place, self._folder / LOG)
        except ClientError as err:
            if is_expired(err):
                raise
            where = f"it is in {place.group}, in streams that begin with {place.stream_prefix}"
            self._skipped.append(Skipped(LOG, f"{describe_error(err)}; {where}"))

    def _names_file(self) -> bytes | None:
        places = self._places
        try:
            bucket = Bucket(self._account.s3, places.bucket)
            return bucket.read(places.names_key)
        except AWS_ERRORS as err:
            if is_expired(err):
                raise
            return None  # without it the names stay encoded, but every file is downloaded

    def _fetch(self, files: list[_Wanted], total_bytes: int) -> None:
        fetcher = Fetcher(self._account.s3, self._folder, self._cancelled, self._count_bytes)
        waiting: queue.SimpleQueue[_Wanted] = queue.SimpleQueue()
        done: queue.SimpleQueue[_Done] = queue.SimpleQueue()
        for one in files:
            waiting.put(one)
        # Daemon threads, so that a hanging request does not delay the exit.
        workers = [
            threading.Thread(target=_fetch_each, args=(fetcher, waiting, done), daemon=True)
            for _ in range(min(_FILES_AT_ONCE, len(files)))
        ]
        try:
            for worker in workers:
                worker.start()
            self._take(done, len(files), total_bytes)
        finally:
            self._cancelled.set()
            deadline = time.monotonic() + _LEAVE_WITHIN_SECONDS
            for worker in workers:
                worker.join(max(0.0, deadline - time.monotonic()))

    def _take(self, done: queue.SimpleQueue[_Done], count: int, total_bytes: int) -> None:
        finished = denials = 0
        while finished < count:
            self._screen.show_status(
                _progress(finished, count, self._arrived_bytes, total_bytes), time.time()
            )
            try:
                wanted, what = done.get(timeout=_LOOK_SECONDS)
            except queue.Empty:
                continue
            finished += 1
            if not isinstance(what, Exception):
                self._here.append(wanted)
                self._fetched_count += what
                denials = 0
                continue
            denials = denials + 1 if is_denied(what) else 0
            if _stops_all(what) or denials == _DENIALS_IN_A_ROW:
                raise what
            why = f"{describe_error(what)}; it is s3://{wanted.stored.bucket}/{wanted.stored.key}"
            self._skipped.append(Skipped(wanted.name, why))
            if isinstance(what, ClientError):
                self.problem = describe_error(what)

    def _count_bytes(self, count: int) -> None:
        with self._counting:
            self._arrived_bytes += count


def _fetch_each(
    fetcher: Fetcher, waiting: queue.SimpleQueue[_Wanted], done: queue.SimpleQueue[_Done]
) -> None:
    while not fetcher.cancelled.is_set():
        try:
            wanted = waiting.get_nowait()
        except queue.Empty:
            return
        try:
            done.put((wanted, fetcher.fetch(wanted.stored, wanted.place)))
        except CancelledError:
            return
        except Exception as err:
            done.put((wanted, err))


def _progress(finished: int, count: int, arrived_bytes: int, total_bytes: int) -> Progress:
    fraction = arrived_bytes / total_bytes if total_bytes else 1.0
    size = Gauge(data_size(arrived_bytes), data_size(total_bytes), fraction)
    return Progress(_DOWNLOADING, (size,), f"{finished} of {counted(count, 'file')}")


def _stops_all(err: Exception) -> bool:
    if isinstance(err, OSError):
        return err.errno in _STOPPING_ERRNO
    if isinstance(err, (NotPlacedError, UnicodeError)):
        return False
    return not isinstance(err, ClientError) or is_expired(err)


def _file_system_of(folder: Path) -> FileSystem:
    """Return what the folder's file system does with names, by trying it out.

    Raises:
        OSError: when nothing can be written there.
    """
    with tempfile.NamedTemporaryFile(prefix="parris-probe-", dir=folder) as probe:
        twin = Path(probe.name).with_name(Path(probe.name).name.upper())
        return FileSystem(is_windows=os.name == "nt", is_case_sensitive=not twin.exists())
