#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# lab-run.sh NODES RUN BASE - runs a lab in the foreground, until it is killed. Needs root.
#
# Everything lives below ONE process, the lab's init (mount, net, pid, uts and ipc namespaces of its own):
#   this machine -> [control: bridge 10.77.0.1, munged, slurmctld, apt repository, a supervisor for each node]
#                     -> [node01: overlay root, 10.77.0.11, sysvinit, munged, sshd, slurmd] ...
# so one kill removes all processes, mounts and interfaces. Several labs can run side by side with the same addresses;
# the network and /etc of this machine are not touched.
set -eu
export NODES=$1 LAB_RUN=$2 LAB_BASE=$3
export LAB_LIB; LAB_LIB=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$LAB_RUN"/{log,fs,home}
# --kill-child: if this process dies, in whatever way, the lab's pid 1 is killed.
exec unshare --mount --uts --ipc --net --pid --fork --kill-child --mount-proc --propagation private "$LAB_LIB/ctl-init.sh"
