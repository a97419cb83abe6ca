#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# lab-exec.sh COMMAND... - runs a command in the control namespace: this machine's files, the lab's network and scheduler.
# HOME is the lab's own: ssh connections that ansible keeps open are found by host name below HOME, and every lab has
# a node01.
. "$(dirname "$0")/lab-env.sh"
pid=$(lab_pid) || { echo "no lab in $LAB_RUN" >&2; exit 1; }
# -r: where this machine is itself a chroot, its root is not that of the mount namespace.
exec nsenter -t "$pid" -m -u -i -n -p -r --wdns="$PWD" -- env HOME="$LAB_RUN/home" "$@"
