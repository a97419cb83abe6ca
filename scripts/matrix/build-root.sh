#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# build-root.sh SUITE DIR - makes DIR, a root of that release of Debian with the control side of the laboratory in it: Slurm, munge, ssh,
# ansible-core, git. About 700 MB and two minutes; kept if it is there. It needs root.
set -eu
suite=$1 root=$2
[ -e "$root/.done" ] && exit 0
mkdir -p "$(dirname "$root")"
exec 9>"$root.lock"; flock 9          # the first builds, the others wait
[ -e "$root/.done" ] && exit 0
echo "[matrix] building a root of $suite in $root (700 MB, about two minutes)" >&2
rm -rf "$root" "$root.making"; new=$root.making
mirror=$(sed -n 's/^URIs: *//p' /etc/apt/sources.list.d/debian.sources | head -n 1)
include=slurmctld,slurmd,slurm-client,slurm-wlm-basic-plugins,munge,openssh-client,openssh-server,python3,python3-venv,ansible-core,git,git-lfs
include+=,mount,iproute2,procps,mmdebstrap,dpkg-dev,util-linux,sudo,ca-certificates,debian-archive-keyring,xz-utils
# A part of util-linux up to Debian 13.
[ "$suite" = bookworm ] || [ "$suite" = trixie ] || include+=,util-linux-extra
without=()
for part in man doc locale; do without+=("--dpkgopt=path-exclude=/usr/share/$part/*"); done
# A mirror may be a frozen copy, whose Release file has expired.
mmdebstrap --quiet --mode=root --variant=apt --format=directory --include="$include" "${without[@]}" \
  "$suite" "$new" "deb [check-valid-until=no] $mirror $suite main" >&2
printf 'Types: deb\nURIs: %s\nSuites: %s\nComponents: main\nCheck-Valid-Until: no\nSigned-By: /usr/share/keyrings/debian-archive-keyring.gpg\n' \
  "$mirror" "$suite" >"$new/etc/apt/sources.list.d/debian.sources"
rm -f "$new/etc/apt/sources.list"
# Nothing starts by itself in there.
printf '#!/bin/sh\nexit 101\n' >"$new/usr/sbin/policy-rc.d"; chmod 755 "$new/usr/sbin/policy-rc.d"
touch "$new/.done"
mv "$new" "$root"
