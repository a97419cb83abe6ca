#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# lab-power.sh NODE VERB - what happens to a node from outside
#   pull     power off at once (its init is killed)      on      press the button of a node that is off
#   cut      take its network link down                  join    and up again
#   freeze   stop its sshd: connections hang             thaw    and go on
set -eu
. "$(dirname "$0")/lab-env.sh"
pid=$(lab_pid) || { echo "no lab in $LAB_RUN" >&2; exit 1; }
node=$1 number=$((10#${1#node}))

# The node's init as this machine sees it: lab's pid 1 -> supervisor -> unshare -> init.
init() {
  local supervisor outer
  supervisor=$(pgrep -P "$pid" -f "node-supervise.sh $node\$") && outer=$(pgrep -P "$supervisor" unshare) && pgrep -P "$outer" ||
    { echo "$node is off" >&2; return 1; }
}
in_net() { nsenter -t "$pid" -n -- "$@"; }

case $2 in
  on) nsenter -t "$pid" -m -r -- touch "$LAB_RUN/fs/nodes/$node/power" ;;
  pull) i=$(init); kill -KILL "$i" ;;
  cut) in_net ip link set "v$number" down ;;
  join) in_net ip link set "v$number" up ;;
  freeze) i=$(init); pkill -STOP -P "$i" -x sshd ;;
  thaw) i=$(init); pkill -CONT -P "$i" -x sshd ;;
  *) echo "no verb $2: pull, on, cut, join, freeze, thaw" >&2; exit 2 ;;
esac
