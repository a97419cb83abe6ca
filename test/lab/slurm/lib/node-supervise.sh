#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# node-supervise.sh NODE - power supply and firmware of one node: boots it, and boots it again after reboot(2)
n=$1; D=$LAB_RUN/fs/nodes/$n
# slurmd may deliver its first registration late, with the uptime of a second ago; slurmctld would conclude "unexpectedly
# rebooted" and set the node DOWN. So the first boot pretends to be 300 s old; later ones start at 0.
age=300
while :; do
  up=$(cut -d. -f1 /proc/uptime); up=$((up > age ? up - age : 0)); age=0
  cat /proc/sys/kernel/random/uuid >"$D/boot_id"
  # --time: uptime starts at 0 on each boot; Slurm and Ansible judge reboots by it.
  nsenter --net="/run/netns/$n" unshare --mount --uts --ipc --pid --time --fork --kill-child --propagation private \
    --boottime="-$up" --monotonic="-$up" "$LAB_LIB/node-boot.sh" "$n" </dev/null
  code=$?
  echo "$(date +%T.%N) $n stopped, code $code"
  # reboot(2) in a pid namespace ends its init by SIGHUP; halt by SIGINT: off until somebody presses the button.
  if [ "$code" = 129 ]; then
    sleep "${LAB_BOOT_DELAY:-1}"
  else
    rm -f "$D/power"; until [ -e "$D/power" ]; do sleep 0.2; done
  fi
done
