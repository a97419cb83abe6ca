#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# ctl-init.sh - pid 1 of a lab, in the control namespace. Environment: NODES LAB_RUN LAB_BASE LAB_LIB
set -eu
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
FS=$LAB_RUN/fs CTL=10.77.0.1
name() { printf 'node%02d' "$1"; }
address() { echo "10.77.0.$((10 + $1))"; }
T0=${EPOCHREALTIME/./}
elapsed() { local us=$((${EPOCHREALTIME/./} - T0)); printf '%d.%02d s' $((us / 1000000)) $((us % 1000000 / 10000)); }

"$LAB_LIB/mkdev.sh" /dev; exec </dev/null
hostname ctl; ip link set lo up
mount -t tmpfs -o mode=755 tmpfs /run; mkdir -p /run/{munge,netns,lock}      # handles and sockets of this lab only
# The nodes' disks: a tmpfs, since the upper layer of an overlay may not lie in the lower one.
mount -t tmpfs -o mode=755,size=8g tmpfs "$FS"; mkdir -p "$FS"/{layer,nodes,ctl/{state,munge,slurm},repo}; chmod 711 "$FS/ctl/munge"
ip link add lsbr0 type bridge; ip addr add "$CTL/24" dev lsbr0; ip link set lsbr0 up
. "$LAB_LIB/layer.sh"
"$LAB_LIB/mkrepo.sh" "$FS/repo"
(cd "$FS/repo" && exec python3 -m http.server --bind "$CTL" 8080 >"$LAB_RUN/log/repo.log" 2>&1) &

# ---- this machine's files, as the control namespace sees them ----
cp "$L/etc/hosts" "$FS/ctl/hosts"
cp "$L"/etc/slurm/* "$FS/ctl/slurm/"
# Users must have the same ids here and on the nodes.
for file in passwd group; do { cat "/etc/$file"; grep -E '^(ops|alice):' "$LAB_BASE/etc/$file"; } >"$FS/ctl/$file"; done
for file in hosts slurm passwd group; do mount --bind "$FS/ctl/$file" "/etc/$file"; done

# ---- control daemons ----
munged --key-file="$FS/ctl/munge/munge.key" --socket=/run/munge/munge.socket.2 --pid-file=/run/munge/munged.pid \
  --log-file="$FS/ctl/munge/munged.log" --seed-file="$FS/ctl/munge/seed"
slurmctld
# Nodes are booted only once slurmctld answers: see the first boot in node-supervise.sh.
until scontrol ping 2>/dev/null | grep -q UP; do sleep 0.05; done
echo "$(elapsed) control daemons started"

# ---- nodes ----
: >"$LAB_RUN/known_hosts"; echo "[nodes]" >"$LAB_RUN/inventory.ini"
for i in $(seq "$NODES"); do
  n=$(name "$i") ip=$(address "$i"); D=$FS/nodes/$n; mkdir -p "$D"/{upper/etc/ssh,work,root}; touch "$D/boot_id"
  ssh-keygen -q -t ed25519 -N '' -C "$n" -f "$D/upper/etc/ssh/ssh_host_ed25519_key"
  echo "$n,$ip $(cut -d' ' -f1,2 "$D/upper/etc/ssh/ssh_host_ed25519_key.pub")" >>"$LAB_RUN/known_hosts"
  echo "$n" >"$D/upper/etc/hostname"; echo "$n" >>"$LAB_RUN/inventory.ini"
  ip netns add "$n"; ip link add "v$i" type veth peer name eth0 netns "$n"; ip link set "v$i" master lsbr0 up
  ip -n "$n" link set lo up; ip -n "$n" addr add "$ip/24" dev eth0; ip -n "$n" link set eth0 up; ip -n "$n" route add default via "$CTL"
  "$LAB_LIB/node-supervise.sh" "$n" >>"$LAB_RUN/log/$n.log" 2>&1 &
done
cat >>"$LAB_RUN/inventory.ini" <<C

[nodes:vars]
ansible_user=ops
ansible_ssh_private_key_file=$LAB_RUN/id
ansible_ssh_common_args=-F none -o UserKnownHostsFile=$LAB_RUN/known_hosts -o StrictHostKeyChecking=yes
ansible_python_interpreter=/usr/bin/python3
C

# LAB_READY: so many are enough, where some are there that never come.
until [ "$(sinfo -h -N -o '%N %T' 2>/dev/null | grep ' idle$' | sort -u | wc -l)" -ge "${LAB_READY:-$NODES}" ]; do sleep 0.1; done
for i in $(seq "$NODES"); do
  until timeout 10 bash -c "exec 3<>/dev/tcp/$(address "$i")/22 && read -t10 -u3 x" 2>/dev/null; do sleep 0.1; done
done
elapsed >"$LAB_RUN/ready"
while :; do sleep 3600 & wait $! || true; done
