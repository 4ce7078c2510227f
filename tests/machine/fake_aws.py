"""A folder that stands for S3 and CloudWatch Logs: the `aws` command of the runner's own tests.

FAKE_AWS_FOLDER holds s3/<bucket>/<key>, logs/<group>/<stream> (one message a line), `journal`
(every call), and `failures`: lines "<how often> <words that the call must contain>".
"""

import json
import os
import shutil
import sys
from pathlib import Path

FOLDER = Path(os.environ["FAKE_AWS_FOLDER"])


def main(words: list[str]) -> int:
    call = " ".join(words)
    with (FOLDER / "journal").open("a") as journal:
        journal.write(f"{call}\n")
    if is_to_fail(call):
        sys.stderr.write("An error occurred (ServiceUnavailable): come back later\n")
        return 1
    if words[0] == "s3":
        return copy([word for word in words[2:] if not word.startswith("--")])
    if words[0] == "s3api":
        return list_objects(words[words.index("--bucket") + 1], words[words.index("--prefix") + 1])
    return log(words)


def is_to_fail(call: str) -> bool:
    failures = FOLDER / "failures"
    if not failures.exists():
        return False
    lines = [line.split(" ", 1) for line in failures.read_text().splitlines()]
    for line in lines:
        if line[1] in call and int(line[0]) > 0:
            line[0] = str(int(line[0]) - 1)
            failures.write_text("".join(f"{' '.join(each)}\n" for each in lines))
            return True
    return False


def local(place: str) -> Path:
    return FOLDER / "s3" / place.removeprefix("s3://") if place.startswith("s3://") else Path(place)


def copy(places: list[str]) -> int:
    source, target = local(places[0]), local(places[1])
    is_folder_wanted = sys.argv[2] == "sync"
    if is_folder_wanted and source.is_dir():
        shutil.copytree(source, target, dirs_exist_ok=True)
    elif not is_folder_wanted and source.is_file():
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)
    elif not is_folder_wanted:
        sys.stderr.write("fatal error: An error occurred (404): Not Found\n")
        return 1
    return 0


def list_objects(bucket: str, prefix: str) -> int:
    top = FOLDER / "s3" / bucket
    found = [path for path in (top / prefix).rglob("*") if path.is_file()]
    contents = [{"Key": str(p.relative_to(top)), "Size": p.stat().st_size} for p in found]
    # The real command prints nothing at all where there is nothing.
    sys.stdout.write(json.dumps({"Contents": contents}) if contents else "")
    return 0


def log(words: list[str]) -> int:
    names = [words[words.index(f"--log-{kind}-name") + 1] for kind in ("group", "stream")]
    stream = FOLDER / "logs" / "/".join(names).lstrip("/")
    if words[1] == "create-log-stream":
        stream.parent.mkdir(parents=True, exist_ok=True)
        stream.touch()
        return 0
    if not stream.exists():
        sys.stderr.write("An error occurred (ResourceNotFoundException): no such stream\n")
        return 254
    events = json.loads(Path(words[-1].removeprefix("file://")).read_text())
    with stream.open("a") as file:
        file.writelines(f"{event['message']}\n" for event in events)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
