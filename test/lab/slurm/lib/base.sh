#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# base.sh DIR - builds the Debian root that is the lower layer of every node (about 200 MB, 35 s), unless it is there.
# base.sh --where TOOLS - the directory below TOOLS that is for it. Its name holds the digest of what is done here, so that
# checkouts of several commits share one TOOLS, and none builds anew what another one uses.
# The files come from this machine's own Debian sources; they are not told to the nodes.
set -eu
suite=$(. /etc/os-release; echo "$VERSION_CODENAME")
# What a comment says changes nothing in it.
version=$({ echo "$suite"; grep -v '^ *#' "${BASH_SOURCE[0]}"; } | sha256sum | cut -c1-12)
[ "$1" != --where ] || { echo "$2/lab-base-$version"; exit 0; }
base=$1
mkdir -p "$(dirname "$base")"
exec 9>"$base.lock"; flock 9          # the first builds, the others wait
[ "$(cat "$base/.version" 2>/dev/null)" = "$version" ] && exit 0
echo "[lab] building the nodes' root file system in $base (200 MB, about 35 s)" >&2
rm -rf "$base" "$base.making"; new=$base.making

sources=()
for file in /etc/apt/sources.list.d/debian.sources /etc/apt/sources.list; do [ -s "$file" ] && sources+=("$file"); done
# sysvinit-core gives a real /sbin/init, shutdown, reboot and service inside a node.
include=python3,python3-apt,openssh-server,sudo,munge,slurmd,slurm-client,slurm-wlm-basic-plugins
include+=,procps,iproute2,ca-certificates,sysvinit-utils,sysvinit-core
without=()
for part in man doc locale; do without+=("--dpkgopt=path-exclude=/usr/share/$part/*"); done
mmdebstrap --quiet --mode=root --variant=apt --format=directory --include="$include" "${without[@]}" "$suite" "$new" "${sources[@]}" >&2

user() { # name id; sshd with "UsePAM no" refuses an account locked with "!", which is useradd's default
  chroot "$new" groupadd -g "$2" "$1"; chroot "$new" useradd -m -u "$2" -g "$2" -s /bin/bash -p '*' "$1"
}
user ops 2000                          # logs in for Ansible, may sudo
user alice 2001                        # submits jobs
rm -f "$new"/etc/ssh/ssh_host_* "$new"/etc/munge/munge.key      # made for each node, for each lab
rm -f "$new"/etc/apt/sources.list "$new"/etc/apt/sources.list.d/* "$new"/etc/apt/auth.conf.d/* "$new"/etc/apt/apt.conf.d/99mmdebstrap
rm -f "$new"/etc/rc?.d/[SK]*sudo "$new"/etc/rc2.d/S*bootlogs
mkdir -p "$new"/var/spool/slurmd "$new"/var/log/slurm
echo "$version" >"$new/.version"
mv "$new" "$base"
