#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# packages.sh SECONDS [NAME COMPARISON VERSION]...
# Prints a line for each package that is not as wanted: "fail: ..." or, where that cannot be told, "unknown: ...".
LC_ALL=C
export LC_ALL
limit=$1
shift

limited() { timeout -s KILL "$limit" "$@" </dev/null; }
say() { printf '%s: package %s: %s\n' "$1" "$name" "$2"; }

# A machine may have the other family's tool installed, with an empty database.
if [ -s "${DPKG_ADMINDIR:-/var/lib/dpkg}/status" ] && command -v dpkg-query >/dev/null 2>&1; then
  family=dpkg
elif command -v rpm >/dev/null 2>&1; then
  family=rpm
else
  family=none
fi

# Sets `versions` to what is installed, one a line; fails when that cannot be told, and then `error` says why.
installed() {
  versions=
  case $family in
    dpkg) said=$(limited dpkg-query --show --showformat='${db:Status-Abbrev}|${Version}\n' -- "$1" 2>&1) ;;
    rpm) said=$(limited rpm -q --queryformat '%{EPOCHNUM}:%{VERSION}-%{RELEASE}\n' -- "$1" 2>&1) ;;
  esac
  case $family:$? in
    # The second letter is what is, the first what somebody wants (a package on hold is "hi").
    dpkg:0) versions=$(printf '%s\n' "$said" | sed -n 's/^.i[^|]*|//p') ;;
    dpkg:1) ;;
    rpm:0) versions=$said ;;
    *:124 | *:137) error="$family gave no answer within $limit s"; return 1 ;;
    *)
      case $family:$said in rpm:*"is not installed"*) return 0 ;; esac
      error="$family failed: $(printf '%s' "$said" | head -n 1)"
      return 1
      ;;
  esac
}

# rpm compares the parts of a version by themselves in every release of it.
vercmp() { limited rpm --eval "%{lua:print(rpm.vercmp('$1', '$2'))}"; }
epoch_of() { case $1 in *:*) echo "${1%%:*}" ;; esac; }
bare() { case $1 in *:*) echo "${1#*:}" ;; *) echo "$1" ;; esac; }
version_of() { set -- "$(bare "$1")"; echo "${1%%-*}"; }
release_of() { set -- "$(bare "$1")"; case $1 in *-*) echo "${1#*-}" ;; esac; }

# order A B: sets `sign` to -1, 0 or 1. What B leaves out of epoch and release is not compared.
rpm_order() {
  for part in epoch_of version_of release_of; do
    b=$($part "$2")
    [ -n "$b" ] || continue
    sign=$(vercmp "$($part "$1")" "$b")
    case $sign in 0) ;; -1 | 1) return 0 ;; *) return 1 ;; esac
  done
  sign=0
}
dpkg_order() {
  for sign in -1:lt 0:eq 1:gt; do
    limited dpkg --compare-versions "$1" "${sign#*:}" "$2" 2>/dev/null
    case $? in 0) sign=${sign%:*}; return 0 ;; 1) ;; *) return 1 ;; esac
  done
  return 1
}

while [ $# -gt 0 ]; do
  name=$1 comparison=$2 wanted=$3
  shift 3
  error=
  case $comparison in
    ge) text="$wanted or newer" good='0 1' ;;
    gt) text="newer than $wanted" good=1 ;;
    eq) text="exactly $wanted" good=0 ;;
    le) text="$wanted or older" good='-1 0' ;;
    lt) text="older than $wanted" good=-1 ;;
  esac
  [ -n "$wanted" ] || text='any version'
  if [ "$family" = none ]; then
    say unknown "wanted $text, but there is neither dpkg nor rpm on this node"
    continue
  fi
  case $wanted in *[!A-Za-z0-9.+~^:_-]*) say fail "\"$wanted\" is no version; correct ready_checklist_packages"; continue ;; esac
  if ! installed "$name"; then
    say unknown "wanted $text, but $error"
    continue
  fi
  if [ -z "$versions" ]; then
    say fail "wanted $text, found none installed; install it, or correct ready_checklist_packages"
    continue
  fi
  [ -n "$wanted" ] || continue
  # Of several that are installed (kernels) the newest counts.
  newest=
  for version in $versions; do
    if [ -z "$newest" ]; then newest=$version; continue; fi
    "${family}_order" "$version" "$newest" && [ "$sign" = 1 ] && newest=$version
  done
  shown=${newest#0:}
  if ! "${family}_order" "$newest" "$wanted"; then
    say unknown "wanted $text, found $shown, and $family could not compare them"
    continue
  fi
  case " $good " in
    *" $sign "*) ;;
    *) say fail "wanted $text, found $shown; update it, or correct ready_checklist_packages" ;;
  esac
done
