#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# lab-down.sh - takes everything down at once: when pid 1 of a pid namespace dies, the kernel ends all that is in it, and
# mounts and interfaces go with their namespaces.
. "$(dirname "$0")/lab-env.sh"
pid=$(lab_pid) || { echo "no lab in $LAB_RUN"; exit 0; }
kill -KILL "$pid"
while kill -0 "$pid" 2>/dev/null; do sleep 0.05; done
rm -rf "$LAB_RUN"
echo "lab down"
