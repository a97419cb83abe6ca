# SPDX-License-Identifier: Apache-2.0
# What Slurm itself can do: the package goes into RebootProgram, so that a node upgrades itself when Slurm finds it idle, just
# before it reboots. `scontrol reboot ASAP` four by four; the next four once these are back (asked every second).
setup() {
  cat >/run/patch-and-reboot <<'S'
#!/bin/sh
# RebootProgram of every node
exec >/var/log/patch-and-reboot.log 2>&1; export PATH=/usr/sbin:/usr/bin:/sbin:/bin DEBIAN_FRONTEND=noninteractive
apt-get -qq update && apt-get -qq -y install labpkg=1.1
exec /sbin/reboot
S
  local program=/usr/local/sbin/patch-and-reboot
  for n in $NODES_ALL; do
    $SSH "$n" "sudo tee $program >/dev/null && sudo chmod 755 $program && sudo sed -i s,^RebootProgram=.*,RebootProgram=$program, /etc/slurm/slurm.conf" </run/patch-and-reboot
  done
  sed -i "s,^RebootProgram=.*,RebootProgram=$program," /etc/slurm/slurm.conf
  scontrol reconfigure; sleep 2; scontrol show config | grep "^RebootProgram.*$program"
}
# How many nodes booted after that moment and carry no flag.
back() {
  scontrol show node -o "$1" | awk -v t="$2" '{ s=$0; sub(/.* State=/,"",s); sub(/ .*/,"",s); b=$0; sub(/.*BootTime=/,"",b); sub(/ .*/,"",b);
    gsub(/[-T:]/," ",b); if (mktime(b) >= t && s !~ /DRAIN|DOWN|REBOOT|\*/) n++ } END { print n+0 }'
}
approach() {
  set -- $NODES_ALL
  while [ $# -gt 0 ]; do
    local batch=("${@:1:4}") start; shift "${#batch[@]}"
    local list; list=$(IFS=,; echo "${batch[*]}"); start=$(date +%s)
    scontrol reboot ASAP nextstate=RESUME reason=patch "$list"; echo "$(date +%T) $list"
    until [ "$(back "$list" "$start")" = "${#batch[@]}" ]; do sleep 1; done
  done
}
