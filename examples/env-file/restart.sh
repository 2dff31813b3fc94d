#!/bin/sh
# Run by the sidecar whenever it has rendered the file anew: ends the former process, waits until it
# is gone, and starts one that reads the new file. A supervisor (systemd, s6) would do the same.
set -eu

here=$(dirname "$0")

if [ -f "$PID_FILE" ]; then
  former=$(cat "$PID_FILE")
  rm "$PID_FILE"
  kill -TERM "$former" 2>/dev/null || true
  while kill -0 "$former" 2>/dev/null; do sleep 0.05; done
fi

"$NODE" --env-file="$KEYTURN_FILE" "$here/app.ts" >>"$COUNTS_FILE.log" 2>&1 &

# It runs once it has read its first document with the new key.
while [ ! -s "$PID_FILE" ]; do
  kill -0 $! || exit 1
  sleep 0.05
done
