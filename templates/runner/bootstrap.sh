#!/bin/bash
# Fetches the job's files, checks script and code, and starts the trainer as a service of its own.
# User data runs it on first boot: bootstrap.sh BUCKET USERID SAVE_GRACE_SECONDS
# It reads steering/USERID/, which no machine can write, and writes machines/USERID/, as no other can.
# docs/bootstrap-contract.md describes what it leaves for the script. INSTANCE_ROOT is empty on EC2.
set -u
bucket=$1
userid=$2
save_grace_seconds=$3
root="${INSTANCE_ROOT:-}"
state="$root/var/lib/parris"
machine="$state/machine"
units="$root/etc/systemd/system"
steering_uri="s3://$bucket/steering/$userid"
machine_uri="s3://$bucket/machines/$userid"
save_upload_seconds=300 # room for the upload once the script has ended, as runner_stop.py has it

put() { # put NAME TEXT: writes one file where this machine may write; no disk, which may have failed
  local attempt
  for attempt in 1 2 3 4; do
    printf '%s\n' "$2" | aws s3 cp --only-show-errors - "$machine_uri/$1" && return 0
    sleep $(( attempt * 3 ))
  done
  echo "parris: $1 could not be written to $machine_uri"
}

fail() { # fail REASON: says why nothing was trained, and ends the machine
  local reason now
  echo "parris: $1"
  reason=$(printf '%s' "$1" | LC_ALL=C tr -c '[:print:]' ' ' | tr -d '\042\134')
  now=$(date -u +%Y-%m-%dT%H:%M:%SZ)
  put log.txt "parris: $reason"
  put exit.json "{\"is_final\": true, \"exit_status\": null, \"signal\": null, \"ended_by\": \"bootstrap\",
    \"started_at\": null, \"ended_at\": \"$now\", \"last_log_lines\": [\"$reason\"],
    \"results\": {\"object_count\": 0, \"total_bytes\": 0, \"complete\": true}}"
  put results-manifest.json \
    "{\"object_count\": 0, \"total_bytes\": 0, \"uploaded_at\": \"$now\", \"complete\": true}"
  systemctl poweroff
  exit 0
}

fetch() { # fetch: brings what steers this machine here
  local attempt
  for attempt in 1 2 3 4 5; do
    aws s3 cp --recursive --only-show-errors "$steering_uri/" "$machine/" && return 0
    echo "parris: attempt $attempt to fetch the job's files failed"
    sleep $(( attempt * 3 ))
  done
  return 1
}

quoted() { # quoted TEXT: the text as one word of a unit file
  printf '"%s"' "$(printf '%s' "$1" | sed -e 's/[\\"]/\\&/g' -e 's/%/%%/g')"
}

mkdir -p "$machine" "$units" || fail "the machine's disk cannot be written"
python3 -c 'import sys; sys.exit(sys.version_info < (3, 9))' \
  || fail "this image has no python3 of version 3.9 or later, which the runner needs"
fetch || fail "the job's files could not be fetched from $steering_uri/"
for needed in runner.zip job.json; do
  [ -f "$machine/$needed" ] || fail "$steering_uri/ holds no $needed"
done
python3 -m zipfile -e "$machine/runner.zip" "$machine/" || fail "the runner could not be unpacked"
reason=$(python3 "$machine/runner_check.py" "$machine/job.json" "$state" 2>&1) \
  || fail "$reason"

cat > "$units/parris-trainer.service" <<UNIT
[Unit]
Description=Runs the training script and saves its results
Wants=network-online.target
After=network-online.target
# A machine that was stopped after its job and is started again must not train again.
ConditionPathExists=!${state//%/%%}/ended
# However the runner ends, the machine goes off.
SuccessAction=poweroff
FailureAction=poweroff

[Service]
Type=simple
ExecStart=python3 $(quoted "$machine/runner.py") $(quoted "$machine/job.json") $(quoted "$state")
Environment=$(quoted "HOME=${HOME:-/root}")
Environment=$(quoted "AWS_DEFAULT_REGION=${AWS_DEFAULT_REGION:-}")
# The script's output is no matter of the console: whoever writes to a serial console waits for it.
StandardOutput=journal
# The runner's own notes are few, and tell of a machine that cannot reach S3.
StandardError=journal+console
# Out of memory, the script goes and the runner reports it.
OOMPolicy=continue
OOMScoreAdjust=-500
# SIGTERM goes to the runner alone: it tells the script, waits, uploads, and only then ends.
KillMode=mixed
TimeoutStopSec=$(( save_grace_seconds + save_upload_seconds ))

[Install]
WantedBy=multi-user.target
UNIT
systemctl daemon-reload
systemctl enable parris-trainer.service
systemctl start --no-block parris-trainer.service \
  || fail "the trainer's service could not be started"
