#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# mounts.sh SECONDS [PATH FSTYPE SOURCE]...
# Prints a line for each mount that is not as wanted: "fail: ..." or, where that cannot be told, "unknown: ...".
LC_ALL=C
export LC_ALL
limit=$1
shift

say() { printf '%s: mount %s: %s\n' "$1" "$path" "$2"; }

while [ $# -gt 0 ]; do
  path=$1 wanted_type=$2 wanted_source=$3
  shift 3
  # Asked first: this is what makes an automounter mount. In a process of its own, because a server that hangs would hang us.
  error=$(timeout -s KILL "$limit" stat -f -- "$path" 2>&1 >/dev/null </dev/null)
  code=$?
  [ "$path" = / ] || path=${path%/}
  # The kernel's table is no file of the mount: reading it never hangs. It writes blanks as octal.
  written=$(printf '%s' "$path" | sed 's/\\/\\134/g; s/ /\\040/g')
  there= type= source=
  while read -r one_source target one_type rest; do
    # What was mounted last covers what was there before.
    [ "$target" = "$written" ] && there=yes type=$one_type source=$one_source
  done </proc/self/mounts
  case $code in
    124 | 137) say unknown "no answer within $limit s; look at its server, and at processes that wait for it"; continue ;;
    126 | 127) say unknown "timeout and stat of coreutils are needed to ask: $error"; continue ;;
  esac
  if [ -z "$there" ]; then
    say fail 'wanted a mount at this path, found none; mount it, or correct ready_checklist_mounts'
  elif [ "$code" -ne 0 ]; then
    say fail "it is mounted ($type from $source) and cannot be used: ${error##*: }; mount it anew"
  elif [ -n "$wanted_type" ] && [ "$type" != "$wanted_type" ]; then
    say fail "wanted a file system of type $wanted_type, found $type from $source; mount the right one, or correct ready_checklist_mounts"
  elif [ -n "$wanted_source" ] && [ "$source" != "$wanted_source" ]; then
    say fail "wanted it from $wanted_source, found $source ($type); mount the right one, or correct ready_checklist_mounts"
  fi
done
