#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# compare-pointers.sh DIRECTORY POINT SECONDS [NAME KIND WHERE CODE VALUE ERROR]...
# KIND: url (CODE is its HTTP status), or local (the exit code: 0, or 3 when what was asked for is not there). Stored in
# DIRECTORY/NAME, a line each: the value, since when, the commit.
# Prints "fail: ..." for a pointer that has not moved or is not there, "unknown: ..." where that cannot be told, and at the
# end of a rollout "store: NAME VALUE" for one whose value is to be kept.
LC_ALL=C
export LC_ALL
directory=$1 point=$2 limit=$3
shift 3

say() { printf '%s: repository pointer %s: %s\n' "$1" "$name" "$2"; }

while [ $# -gt 0 ]; do
  name=$1 kind=$2 where=$3 code=$4 value=$5 error=$6
  shift 6
  case $kind:$code in
    local:0 | url:200) ;;
    local:3) say fail "$value; mend it, or correct ready_checklist_pointers"; continue ;;
    local:124 | local:137 | local:-9) say unknown "$where gave no answer within $limit s"; continue ;;
    local:*) say unknown "$where ended with exit code $code: $error"; continue ;;
    url:404 | url:410) say fail "there is no $where (status $code); mend it, or correct ready_checklist_pointers"; continue ;;
    *) say unknown "$where gave no answer: ${error#*]: }"; continue ;;
  esac
  if [ -z "$value" ]; then
    say unknown "$where answered with an empty line"
    continue
  fi
  stored= since= commit=
  if [ -e "$directory/$name" ]; then
    if ! { IFS= read -r stored && read -r since && read -r commit; } 2>/dev/null <"$directory/$name"; then
      say unknown "$directory/$name, where its last value is kept, cannot be read or is damaged; mend or remove it"
      continue
    fi
  fi
  if [ "$point" = end ]; then
    [ "$stored" = "$value" ] || printf 'store: %s %s\n' "$name" "$value"
  elif [ "$stored" = "$value" ]; then
    say fail "it has not moved: $where is still $value, as it has been since $since (rollout of commit $commit), so there is nothing new to install; move the pointer, or take it out of ready_checklist_pointers"
  fi
done
