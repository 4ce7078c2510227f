#!/bin/sh
# Installs what is missing of a file of pins. Usage: install_pins.sh <python of the environment> <file>
# Two pips fetch wheels at once; one alone installs them: pip reads what is installed, and finds the
# half-written metadata of another pip that installs into the same environment.
set -eu

python=$1 pins=$2
# Not the folder of requirements/wheels.txt, which stays.
wheels=$(dirname "$(dirname "$python")")/wheels-of-pins

missing=$("$python" requirements/missing_pins.py "$pins")
if [ -z "$missing" ]; then exit 0; fi
rm -rf "$wheels"
# The pins are complete (tests/architecture/test_requirements.py), so that nothing is resolved.
echo "$missing" | xargs -n 32 -P 2 "$python" -m pip --disable-pip-version-check --quiet wheel \
    --no-deps --wheel-dir "$wheels"
# Bytecode is made of what is imported, when it is, and not of some ten thousand files.
"$python" -m pip --disable-pip-version-check --quiet install --no-compile --no-deps --no-index "$wheels"/*.whl
rm -rf "$wheels"
