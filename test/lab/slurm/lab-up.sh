#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# lab-up.sh [NODES=6] - brings up a lab by hand; it stays until lab-down.sh. Tests use ../support/lab.ts instead.
set -eu
. "$(dirname "$0")/lab-env.sh"
lab_pid >/dev/null && { echo "a lab is up already in $LAB_RUN" >&2; exit 1; }
rm -rf "$LAB_RUN"; mkdir -p "$LAB_RUN"
"$HERE/lib/base.sh" "$LAB_BASE"
setsid "$HERE/lib/lab-run.sh" "${1:-6}" "$LAB_RUN" "$LAB_BASE" </dev/null >"$LAB_RUN/lab.log" 2>&1 &
outer=$!
for _ in $(seq 600); do
  kill -0 "$outer" 2>/dev/null || break
  [ -e "$LAB_RUN/ready" ] && { pgrep -P "$outer" >"$LAB_RUN/pid"; echo "lab up in $(cat "$LAB_RUN/ready")"; exit 0; }
  sleep 0.1
done
echo "the lab did not come up:" >&2
tail -n 20 "$LAB_RUN/lab.log" >&2
kill -KILL "$outer" 2>/dev/null || true
exit 1
