#!/bin/bash
# Fetches the job's files, checks the script and the code, and starts the trainer as a service.
# User data runs it on first boot: bootstrap.sh BUCKET USERID SAVE_GRACE_SECONDS
# It reads steering/USERID/, which no machine can write, and writes to this machine's machines/USERID/.
# docs/bootstrap-contract.md describes the script's environment. INSTANCE_ROOT is empty on EC2.
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
save_upload_seconds=300 # for the upload after the script has ended; the same value is in runner_stop.py

put() { # put NAME TEXT: uploads one file without using the disk, which may have failed
  local attempt
  for attempt in 1 2 3 4; do
    printf '%s\n' "$2" | aws s3 cp --only-show-errors - "$machine_uri/$1" && return 0
    sleep $(( attempt * 3 ))
  done
  echo "parris: $1 could not be written to $machine_uri"
}

fail() { # fail REASON: reports why the training cannot start, and powers the machine off
  local reason now
  echo "parris: $1"
  reason=$(printf '%s' "$1" | LC_ALL=C tr -c '[:print:]' ' ' | tr -d '\042\134')
  now=$(date -u +%Y-%m-%dT%H:%M:%SZ)
  put log.txt "parris: $reason"
  put results-manifest.json \
    "{\"object_count\": 0, \"total_bytes\": 0, \"uploaded_at\": \"$now\", \"complete\": true}"
  # The last file, because the machine is terminated as soon as it is there.
  put exit.json "{\"is_final\": true, \"exit_status\": null, \"signal\": null, \"ended_by\": \"bootstrap\",
    \"started_at\": null, \"ended_at\": \"$now\", \"last_log_lines\": [\"$reason\"],
    \"results\": {\"object_count\": 0, \"total_bytes\": 0, \"complete\": true}}"
  systemctl poweroff
  exit 0
}

fetch() { # fetch: downloads this machine's files
  local attempt
  for attempt in 1 2 3 4 5; do
    aws s3 cp --recursive --only-show-errors "$steering_uri/" "$machine/" && return 0
    echo "parris: attempt $attempt to fetch the job's files failed"
    sleep $(( attempt * 3 ))
  done
  return 1
}

quoted() { # quoted TEXT: quotes a text for a systemd unit file
  printf '"%s"' "$(printf '%s' "$1" | sed -e 's/[\\"]/\\&/g' -e 's/%/%%/g')"
}

mkdir -p "$machine" "$units" || fail "the machine's disk is not writable"
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
# A machine that is restarted after its job must not train again.
ConditionPathExists=!${state//%/%%}/ended
# The machine powers off however the runner ends.
SuccessAction=poweroff
FailureAction=poweroff

[Service]
Type=simple
ExecStart=python3 $(quoted "$machine/runner.py") $(quoted "$machine/job.json") $(quoted "$state")
Environment=$(quoted "HOME=${HOME:-/root}")
Environment=$(quoted "AWS_DEFAULT_REGION=${AWS_DEFAULT_REGION:-}")
# Writing the script's output to the slow serial console would block the script.
StandardOutput=journal
# The runner's own few messages explain why a machine cannot reach S3.
StandardError=journal+console
# When memory runs out, the script is killed and the runner reports it.
OOMPolicy=continue
OOMScoreAdjust=-500
# Only the runner receives SIGTERM. It stops the script, waits, uploads, and then ends.
KillMode=mixed
TimeoutStopSec=$(( save_grace_seconds + save_upload_seconds ))

[Install]
WantedBy=multi-user.target
UNIT
systemctl daemon-reload
systemctl enable parris-trainer.service
systemctl start --no-block parris-trainer.service \
  || fail "the trainer's service could not be started"
