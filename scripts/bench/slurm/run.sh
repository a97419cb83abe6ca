#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# run.sh APPROACH SEED - one run: a lab of its own, package 1.0 on all nodes, then job stream, approach and sampler; lab down.
#
# APPROACH is approaches/NAME.sh with up to two functions, run in the lab's control namespace:
#   setup      before the clock starts: what an operator configures once, long before
#   approach   the change itself; the run ends when it has ended and every node is back
# They find LAB_RUN, INV (inventory), NODES_ALL, SSH, B (this directory), ROOT (the repository), OUT (results of this run).
# Environment: BENCH_OUT (results), those of settings.py, LAB_BASE or PATCHRUN_TOOLS_DIR, NODE (the Node that runs patchrun).
set -eu
B=$(cd "$(dirname "$0")" && pwd) A=$1 SEED=$2
ROOT=$(cd "$B/../../.." && pwd) X=$B/../../../test/lab/slurm
export B ROOT BENCH_NODES=${BENCH_NODES:-24} NODE=${NODE:-node} LAB_BOOT_DELAY=${LAB_BOOT_DELAY:-4} PYTHONDONTWRITEBYTECODE=1
BENCH_OUT=${BENCH_OUT:-${PATCHRUN_TOOLS_DIR:-$ROOT/.patchrun-tools}/bench-slurm}
[ -f "$B/approaches/$A.sh" ] || { echo "no approach $A in $B/approaches" >&2; exit 2; }
mkdir -p "$BENCH_OUT"
exec 9>"$BENCH_OUT/.lock-$A-s$SEED"; flock -n 9 || { echo "this run is under way already" >&2; exit 2; }
export OUT=$BENCH_OUT/$A-s$SEED
rm -rf "$OUT"; mkdir -p "$OUT"
# A short path: sockets of ssh lie below it.
LAB_RUN=$(mktemp -d "${TMPDIR:-/tmp}/patchrun-bench-XXXXXX"); export LAB_RUN
trap '"$X/lab-down.sh" >/dev/null; rm -rf "$LAB_RUN"' EXIT
trap 'exit 130' INT TERM
"$X/lab-up.sh" "$BENCH_NODES" 9>&- >&2
export INV=$LAB_RUN/inventory.ini NODES_ALL; NODES_ALL=$(for i in $(seq "$BENCH_NODES"); do printf 'node%02d ' "$i"; done)
export SSH="ssh -F none -i $LAB_RUN/id -o UserKnownHostsFile=$LAB_RUN/known_hosts -o BatchMode=yes -o ControlPath=none -l ops"
# Package 1.0 everywhere, four at a time; not part of what is measured.
"$X/lab-exec.sh" bash -c 'xargs -n1 -P4 -I{} $SSH {} "sudo apt-get -qq update && sudo apt-get -qq -y install labpkg=1.0" >/dev/null 2>"$OUT/setup.err" < <(tr " " "\n" <<<"${NODES_ALL% }")'
"$X/lab-exec.sh" bash -c 'set -eu; source "$1"; ! declare -F setup >/dev/null || setup' . "$B/approaches/$A.sh" >"$OUT/setup.log" 2>&1 ||
  { cat "$OUT/setup.log" >&2; exit 1; }
command=()
grep -q '^approach()' "$B/approaches/$A.sh" && command=(bash -c 'set -eu; source "$1"; approach' . "$B/approaches/$A.sh")
"$X/lab-exec.sh" python3 "$B/bench.py" run "$OUT" "$SEED" "${command[@]}"
cp "$LAB_RUN"/log/node*.log "$LAB_RUN/log/slurmctld.log" "$OUT/"
