#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# inside.sh ROOT COMMAND... - runs a command inside a root that build-root.sh made, as if that were the machine: mounts of its own, with this
# checkout, its packages and this machine's Node at the paths they have outside. Of the variables those of tests and of the laboratory are kept.
set -eu
export ROOT=$1 HOME_OF_PATCHRUN; HOME_OF_PATCHRUN=$(cd "$(dirname "$0")/../.." && pwd)
shift
exec unshare --mount --propagation private bash -c '
  set -eu
  node=$(readlink -f "$(command -v node)")
  mount --rbind "$ROOT" "$ROOT"; cd "$ROOT"
  mount -t proc proc proc; mount -t sysfs -o ro sysfs sys; mount --rbind /dev dev
  mount -t tmpfs -o mode=755 tmpfs run
  mkdir -p "./$HOME_OF_PATCHRUN"; mount --bind "$HOME_OF_PATCHRUN" "./$HOME_OF_PATCHRUN"
  touch usr/local/bin/node; mount --bind "$node" usr/local/bin/node
  mkdir -p mnt/outside; pivot_root . mnt/outside; umount -l /mnt/outside
  cd "$HOME_OF_PATCHRUN"
  # The same test file may run outside at the same time, and would have the same directory for its fixtures.
  mkdir -p .tap; mount -t tmpfs -o mode=755 tmpfs .tap
  keep=(); while IFS= read -r name; do keep+=("$name=${!name}"); done < <(compgen -e | grep -E "^(LAB_|PATCHRUN_TEST_|TAP_|LAUNCHES_OF_TESTS$)")
  exec env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root TERM=dumb LC_ALL=C.UTF-8 NO_COLOR=1 TAP=1 \
    PATCHRUN_TOOLS_DIR=/var/lib/patchrun-tools "${keep[@]}" "$@"
' inside "$@"
