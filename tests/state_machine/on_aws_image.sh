#!/bin/sh
# Runs the tests of this folder on AWS's testing image: on the server that SFN_ENDPOINT names, or in
# Docker. Usage: on_aws_image.sh check | on_aws_image.sh run <command of the tests...>
set -eu

here=$(dirname "$0")

check() {
    if [ -n "${SFN_ENDPOINT:-}" ]; then return; fi
    if docker compose version >/dev/null 2>&1 && docker info >/dev/null 2>&1; then return; fi
    cat >&2 <<'END'
make test-sfn-local needs one of two things, and found neither:
  - Docker with its compose plugin and a running daemon (`docker info` must succeed), or
  - SFN_ENDPOINT, the address of an amazon/aws-stepfunctions-local that runs elsewhere with
    tests/state_machine/MockConfigFile.json as its SFN_MOCK_CONFIG:
    make test-sfn-local SFN_ENDPOINT=http://host:8083
`make test` runs the same cases without either, on the embedded engine.
END
    exit 2
}

run() {
    if [ -n "${SFN_ENDPOINT:-}" ]; then "$@"; return; fi
    trap 'docker compose --file "$here/compose.yaml" down' EXIT
    docker compose --file "$here/compose.yaml" up --detach
    SFN_ENDPOINT=http://127.0.0.1:8083 "$@"
}

check
if [ "$1" = run ]; then
    shift
    run "$@"
fi
