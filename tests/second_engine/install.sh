#!/bin/sh
# Installs one engine of `make second-engine` into its own environment, from pins.
# Usage: install.sh <engine> <python>
set -eu

engine=$1 python=$2
folder=.venv-second-engine/$engine
pins=requirements/second-engine-$engine.txt

fail() {
    echo "make second-engine: $1" >&2
    rm -rf "$folder"
    exit 2
}

[ -f "$pins" ] || fail "there is no engine $engine; ENGINE is ministack or localstack"
[ -n "$python" ] || fail "$engine needs Python 3.12 or later, and none was found. Install one, or say\
 which: make second-engine LOCALSTACK_PYTHON=/path/to/python3.13. Without it: make second-engine ENGINE=ministack"
echo "==> Installing $engine into $folder with $python"
rm -rf "$folder"
"$python" -m venv "$folder" || fail "$python cannot make a virtual environment"
"$folder/bin/python" -m pip --disable-pip-version-check --quiet install --no-compile --no-deps -r "$pins" ||
    fail "a package of $pins could not be installed: see pip's message above. The registry must have\
 exactly these versions, for $("$python" --version 2>&1) on this system"
