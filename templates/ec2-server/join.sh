#!/bin/bash
# Joins this server to a deployment of Parris: join.sh BUCKET REGION, as root. Safe to repeat.
# The service fetches the deployment's program at each start, and runs the jobs that are handed over to the server.
# INSTANCE_ROOT is empty on EC2; an emulator sets it to the folder that replaces "/".
set -euo pipefail
bucket=$1
region=$2
root="${INSTANCE_ROOT:-}"
state="$root/var/lib/parris-server"
for needed in aws python3 systemctl; do
  command -v "$needed" > /dev/null || { echo "parris: this server has no $needed" >&2; exit 1; }
done
python3 -c 'import sys; sys.exit(sys.version_info < (3, 9))' \
  || { echo "parris: this server needs python3 of version 3.9 or later" >&2; exit 1; }
mkdir -p "$state" "$root/etc/systemd/system"
chmod 711 "$state"

cat > "$state/serve.sh" <<'SERVE'
#!/bin/bash
# Runs the newest program that can be fetched: serve.sh BUCKET REGION STATE_FOLDER
set -u
cd "$3" || exit 1
export AWS_DEFAULT_REGION=$2
until aws s3 cp --only-show-errors "s3://$1/servers/service.zip" service.zip.new \
    && mv service.zip.new service.zip || [ -s service.zip ]; do
  sleep 15 # the first job of the deployment puts it there
done
rm -rf program
python3 -m zipfile -e service.zip program && exec python3 program/server.py "$1" "$2" "$3"
SERVE

cat > "$root/etc/systemd/system/parris-server.service" <<UNIT
[Unit]
Description=Runs the training jobs that Parris hands over to this server
Wants=network-online.target
After=network-online.target

[Service]
Type=simple
ExecStart=bash "$state/serve.sh" $bucket $region "$state"
Restart=always
RestartSec=5
# A job is a service of its own, which outlives this one.
KillMode=mixed
TimeoutStopSec=10

[Install]
WantedBy=multi-user.target
UNIT
systemctl daemon-reload
systemctl enable parris-server.service
systemctl restart parris-server.service
echo "parris: this server has joined s3://$bucket"
