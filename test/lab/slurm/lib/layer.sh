#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Sourced by ctl-init.sh: the files that all nodes share, as a layer between the base and what each node writes itself.
L=$FS/layer
mkdir -p "$L"/etc/{slurm,munge,ssh,lab,apt/sources.list.d,sudoers.d} "$L"/home/ops/.ssh "$L"/root/.ssh "$L"/var/lib/munge "$L"/var/log/munge

{ echo "127.0.0.1 localhost"; echo "$CTL ctl"; for i in $(seq "$NODES"); do echo "$(address "$i") $(name "$i")"; done; } >"$L/etc/hosts"
sed -e "s|@NODES@|node[01-$(printf %02d "$NODES")]|; s|@STATE@|$FS/ctl/state|; s|@LOG@|$LAB_RUN/log|" "$LAB_LIB/slurm.conf" >"$L/etc/slurm/slurm.conf"
# slurmd always loads a cgroup plugin, and finding one by itself fails without /sys/fs/cgroup. 22.05 knows no "disabled".
case $(slurmctld -V) in
  *" 22."*) echo "CgroupPlugin=cgroup/v1" ;;
  *) echo "CgroupPlugin=disabled" ;;
esac >"$L/etc/slurm/cgroup.conf"

# LAB_ETC: a directory with edits of slurm.conf (slurm.sed), and further files of the configuration.
if [ -n "${LAB_ETC:-}" ]; then
  for file in "$LAB_ETC"/*; do
    case $file in
      */slurm.sed) sed -i -f "$file" "$L/etc/slurm/slurm.conf" ;;
      *) cp "$file" "$L/etc/slurm/" ;;
    esac
  done
fi

head -c 1024 /dev/urandom >"$L/etc/munge/munge.key"; chmod 400 "$L/etc/munge/munge.key"
cp "$L/etc/munge/munge.key" "$FS/ctl/munge/munge.key"
chmod 700 "$L"/etc/munge "$L"/var/lib/munge "$L"/var/log/munge
chown -R "$(stat -c %u:%g "$LAB_BASE/var/lib/munge")" "$L"/etc/munge "$L"/var/lib/munge "$L"/var/log/munge

# One key for the operator, used from outside: $LAB_RUN/id
ssh-keygen -q -t ed25519 -N '' -C lab -f "$LAB_RUN/id"
for home in home/ops root; do
  cp "$LAB_RUN/id.pub" "$L/$home/.ssh/authorized_keys"; chmod 700 "$L/$home/.ssh"; chmod 600 "$L/$home/.ssh/authorized_keys"
done
chown -R 2000:2000 "$L/home/ops"; chmod 700 "$L/root"
cat >"$L/etc/ssh/sshd_config" <<'C'
HostKey /etc/ssh/ssh_host_ed25519_key
PidFile /run/sshd.pid
UsePAM no
UseDNS no
PasswordAuthentication no
PermitRootLogin prohibit-password
MaxStartups 200:30:400
MaxSessions 100
Subsystem sftp /usr/lib/openssh/sftp-server
C
echo 'ops ALL=(ALL:ALL) NOPASSWD: ALL' >"$L/etc/sudoers.d/ops"; chmod 440 "$L/etc/sudoers.d/ops"
echo "deb [trusted=yes] http://$CTL:8080/ ./" >"$L/etc/apt/sources.list.d/lab.list"

cat >"$L/etc/inittab" <<'C'
id:2:initdefault:
si::sysinit:/etc/lab/sysinit
l2:2:wait:/etc/init.d/rc 2
l0:0:wait:/etc/lab/stop halt
l6:6:wait:/etc/lab/stop reboot
C
cat >"$L/etc/lab/sysinit" <<'C'
#!/bin/sh
mkdir -p /run/sshd /run/lock /run/munge; chown munge:munge /run/munge; chmod 755 /run/munge
C
cat >"$L/etc/lab/stop" <<'C'
#!/bin/sh
# An orderly shutdown, then the system call; the supervisor outside sees how init ended.
for s in slurmd ssh munge; do /etc/init.d/$s stop; done >/dev/null 2>&1
exec /sbin/$1 -d -f -n
C
chmod 755 "$L"/etc/lab/*
