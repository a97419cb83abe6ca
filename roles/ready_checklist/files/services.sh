#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# services.sh SECONDS [NAME]...
# Prints a line for each unit that is not up: "fail: ..." or, where that cannot be told, "unknown: ...".
LC_ALL=C
export LC_ALL
limit=$1
shift

say() { printf '%s: service %s: %s\n' "$1" "$name" "$2"; }

for name; do
  if ! command -v systemctl >/dev/null 2>&1; then
    say unknown 'there is no systemd on this node, so nobody can be asked; check it by a role of your own'
    continue
  fi
  said=$(timeout -s KILL "$limit" systemctl show --property=LoadState,ActiveState,SubState -- "$name" 2>&1 </dev/null)
  case $? in
    0) ;;
    124 | 137) say unknown "systemd gave no answer within $limit s"; continue ;;
    *) say unknown "systemctl failed: $(printf '%s' "$said" | head -n 1)"; continue ;;
  esac
  load= active= sub=
  while IFS='=' read -r key value; do
    case $key in LoadState) load=$value ;; ActiveState) active=$value ;; SubState) sub=$value ;; esac
  done <<EOF
$said
EOF
  state="$active ($sub)"
  case $load:$active in
    loaded:active | loaded:reloading | loaded:refreshing) ;;
    not-found:* | error:* | bad-setting:*) say fail "wanted active, found no such unit ($load); install it, or correct ready_checklist_services" ;;
    masked:*) say fail 'wanted active, found it masked; unmask and start it, or correct ready_checklist_services' ;;
    *:activating | *:deactivating | *:maintenance) say unknown "wanted active, found it $state just now" ;;
    *:failed | *:inactive) say fail "wanted active, found $state; start it, and look at its journal" ;;
    *) say unknown "systemd's answer was not understood: $(printf '%s' "$said" | tr '\n' ' ')" ;;
  esac
done
