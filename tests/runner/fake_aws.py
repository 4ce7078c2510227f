"""The `aws` command of the runner's own tests: input data, from a folder that stands for S3.

FAKE_AWS_FOLDER holds s3/<bucket>/<key>.
"""

import os
import shutil
import sys
from pathlib import Path

FOLDER = Path(os.environ["FAKE_AWS_FOLDER"])


def main(words: list[str]) -> int:
    places = [word for word in words[2:] if not word.startswith("--")]
    source, target = local(places[0]), local(places[1])
    is_folder_wanted = words[1] == "sync"
    if places[0] == "-" or (is_folder_wanted and not source.is_dir()):
        return 1 if places[0] == "-" else 0
    if is_folder_wanted:
        shutil.copytree(source, target, dirs_exist_ok=True)
    elif source.is_file():
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)
    else:
        sys.stderr.write("fatal error: An error occurred (404): Not Found\n")
        return 1
    return 0


def local(place: str) -> Path:
    return FOLDER / "s3" / place.removeprefix("s3://") if place.startswith("s3://") else Path(place)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
