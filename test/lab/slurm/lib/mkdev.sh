#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# mkdev.sh DIR - a private /dev on DIR: device nodes of its own, never this machine's, which a process in the lab may break
set -eu
D=$1
mount -t tmpfs -o mode=755 tmpfs "$D"; mkdir "$D"/{pts,shm}
while read -r name minor; do mknod -m 666 "$D/$name" c 1 "$minor"; done <<'C'
null 3
zero 5
full 7
random 8
urandom 9
C
mknod -m 666 "$D/tty" c 5 0
mknod -m 600 "$D/console" c 1 3       # a console that swallows everything
ln -s /proc/self/fd "$D/fd"; ln -s fd/0 "$D/stdin"; ln -s fd/1 "$D/stdout"; ln -s fd/2 "$D/stderr"; ln -s pts/ptmx "$D/ptmx"
mount -t devpts -o newinstance,ptmxmode=0666,mode=620,gid=5 devpts "$D/pts"; mount -t tmpfs -o mode=1777 tmpfs "$D/shm"
