#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# node-boot.sh NODE - first process in a node's namespaces: builds the root and becomes sysvinit
set -eu
n=$1; D=$LAB_RUN/fs/nodes/$n; R=$D/root
# The overlay of the last boot may not be gone yet. On a busy machine that takes its time.
for _ in $(seq 200); do
  mount -t overlay overlay -o "lowerdir=$LAB_RUN/fs/layer:$LAB_BASE,upperdir=$D/upper,workdir=$D/work" "$R" 2>/dev/null && break
  sleep 0.1
done
mountpoint -q "$R" || { echo "$n: the overlay of the last boot does not go" >&2; exit 1; }
mount -t proc proc "$R/proc"; mount -t sysfs -o ro sysfs "$R/sys"
mount -t tmpfs -o mode=755 tmpfs "$R/run"; mount -t tmpfs -o mode=1777 tmpfs "$R/tmp"
"$LAB_LIB/mkdev.sh" "$R/dev"
mount --bind "$D/boot_id" "$R/proc/sys/kernel/random/boot_id"
hostname "$n"
cd "$R"; pivot_root . mnt; umount -l mnt
echo "$(date +%T.%N) $n boot $(cat /proc/sys/kernel/random/boot_id)"
exec chroot . /sbin/init
