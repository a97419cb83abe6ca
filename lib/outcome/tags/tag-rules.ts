// SPDX-License-Identifier: Apache-2.0
// What a task, looked at by itself, probably needs: live workload may go on beside it, or the node
// must be empty. What is not known needs an empty node. Pure.
import type { LintTaskEvent } from '../../ansible/events/run-events.js'
import { DRAIN, HOT } from '../../rollout/record/verdict.js'
import { shortAction } from '../summary/task-kinds.js'

export interface Suggestion {
  readonly tag: typeof HOT | typeof DRAIN
  readonly reason: string
}

const hot = (reason: string): Suggestion => ({ tag: HOT, reason })
const drain = (reason: string): Suggestion => ({ tag: DRAIN, reason })

/** Whose packages or services cannot be replaced under a job or an instance. */
const VITAL =
  /(?<![a-z])(?<!python3?-)(kernel|linux-(?:image|headers|generic|modules)|grub\d?|initramfs|initrd|dracut|microcode|firmware|nvidia|cuda|amdgpu|rocm|mlnx|ofed|doca|rdma|infiniband|lustre|beegfs|gpfs|ceph|nfs-(?:common|utils|client)|autofs|zfs|dkms|slurm[a-z]*(?![-_]?\w*exporter)|munge[a-z]*|nova[a-z]*|neutron[a-z]*|libvirt[a-z]*|qemu[a-z]*|kvm|openvswitch|ovn|glibc|libc6|systemd(?!-(?:timesyncd|journald))|udev|dbus|docker|containerd|podman|network(?:ing|manager)?|multipath[a-z]*|iscsi[a-z]*|singularity|apptainer)(?![a-z])/i
/** Files that the kernel, its drivers or the boot read. */
const BOOT =
  /\/boot\/|grub|modprobe\.d|modules-load|\/lib\/modules|dracut|initramfs|initrd|\/etc\/fstab|udev|nvidia|firmware|\/sys\/|\/proc\//i
/** What starts and ends jobs. */
const AROUND_JOBS = /(?<![a-z])(prolog|epilog)(?![a-z])/i
/** Settings of the kernel that only raise a limit. */
const LIMITS = /^(?:net\.|kernel\.keys\.|fs\.inotify\.|fs\.file-max$|vm\.max_map_count$)/
const SERIOUS_COMMAND =
  /(?<![\w-])(reboot|shutdown|poweroff|kexec|modprobe|rmmod|insmod|depmod|dracut|mkinitrd|update-initramfs|update-grub|grub2?-mkconfig|grubby|mkfs[.\w]*|parted|u?mount|nvidia-\w+|dkms|ifdown|ifup|nmcli|netplan|virsh|docker|podman|kill|killall|pkill)(?![\w-])/i
const HARMLESS_COMMAND =
  /^\s*(?:\/\S*\/)?(?:systemctl daemon-reload|systemctl reload \S+|update-ca-certificates|update-ca-trust(?: \w+)?|newaliases|postmap \S+|locale-gen|ldconfig|scontrol reconfigure|restorecon [^|;&]+|apt-get update|(?:yum|dnf) makecache)\s*$/
const GENERIC =
  /^(?:\w*(?:common|base|default|extra|required|system|all)_)?(?:packages?|pkgs?|item(?:\.\w+)?|list|names?|software)$/i

const PACKAGES = new Set([
  'apt',
  'yum',
  'dnf',
  'dnf5',
  'package',
  'zypper',
  'pacman',
  'apk',
  'portage',
  'pkgng',
  'snap',
  'flatpak',
  'homebrew',
  'win_package',
  'win_chocolatey',
  'rpm_ostree_pkg',
])
const SERVICES = new Set([
  'service',
  'systemd',
  'systemd_service',
  'sysvinit',
  'win_service',
  'openrc',
  'runit',
])
const FILES = new Set([
  'copy',
  'template',
  'file',
  'lineinfile',
  'blockinfile',
  'replace',
  'assemble',
  'ini_file',
  'get_url',
  'unarchive',
  'synchronize',
  'archive',
  'git',
  'xml',
  'tempfile',
  'acl',
  'win_copy',
  'win_template',
  'win_file',
  'htpasswd',
  'openssl_privatekey',
  'openssl_csr',
  'x509_certificate',
  'openssl_dhparam',
  'pamd',
  'pam_limits',
])
const RECORDS = new Set([
  'user',
  'group',
  'authorized_key',
  'known_hosts',
  'cron',
  'cronvar',
  'at',
  'timezone',
  'locale_gen',
  'apt_repository',
  'deb822_repository',
  'yum_repository',
  'rpm_key',
  'apt_key',
  'debconf',
  'alternatives',
  'seboolean',
  'sefcontext',
  'seport',
  'capabilities',
  'pip',
  'gem',
  'npm',
  'composer',
  'dpkg_selections',
  'openssh_keypair',
  'ssh_config',
])
const DATABASES =
  /^(mysql|postgresql|mongodb|redis|rabbitmq|grafana|influxdb|ldap|keystone|os|ipa)_/
const DISKS = new Set([
  'mount',
  'filesystem',
  'parted',
  'lvol',
  'lvg',
  'zfs',
  'zpool',
  'crypttab',
  'luks_device',
  'modprobe',
  'kernel_blacklist',
  'persistent_module',
])
const NETWORK = new Set([
  'nmcli',
  'interfaces_file',
  'firewalld',
  'ufw',
  'iptables',
  'nftables',
  'hostname',
  'network_connections',
])
const CONTAINERS = /^(docker|podman|k8s|kubernetes|virt)/
const COMMANDS = new Set([
  'command',
  'shell',
  'raw',
  'script',
  'expect',
  'win_command',
  'win_shell',
])

/** By module, arguments and name. */
export function ruleFor({ task, says = {} }: Pick<LintTaskEvent, 'task' | 'says'>): Suggestion {
  const short = shortAction(task.action)
  // One without a name is called as its module.
  const title =
    task.name === short || task.name === task.action ? '' : task.name.replace(/^.* : /, '')
  if (/^(win_)?reboot$|^(win_)?shutdown$/.test(short)) return drain('it reboots or stops the node')
  if (PACKAGES.has(short)) return packages(title, says)
  if (SERVICES.has(short)) return service(title, says)
  if (FILES.has(short)) return file(title, says)
  if (RECORDS.has(short)) return hot(`${short} changes a record, nothing that runs`)
  if (DISKS.has(short))
    return short === 'mount' && says['state'] === 'present'
      ? hot('only an entry of fstab')
      : drain(`${short} changes disks, file systems or drivers under whoever uses them`)
  if (NETWORK.has(short)) return drain(`${short} may cut off what runs`)
  if (CONTAINERS.test(short)) return drain(`${short} may end containers or machines that run`)
  if (short === 'sysctl')
    return LIMITS.test(says['name'] ?? '') && !VITAL.test(title.replace(/kernel/gi, ''))
      ? hot('a limit, or a setting of the network stack')
      : drain('a kernel setting takes effect under what runs')
  if (short === 'selinux') return drain('it takes effect with a reboot')
  if (short === 'uri' || DATABASES.test(short))
    return hot('it changes a service by its own interface')
  if (COMMANDS.has(short)) return command(title, says)
  return drain(`what ${short} does is not known`)
}

const wordIn = (pattern: RegExp, ...texts: readonly (string | undefined)[]): string | undefined =>
  texts.map((text) => pattern.exec(text ?? '')?.[0]).find((found) => found !== undefined)

function packages(title: string, says: Readonly<Record<string, string>>): Suggestion {
  const names = says['name'] ?? says['pkg'] ?? says['package'] ?? says['deb'] ?? ''
  const upgrade = says['upgrade']
  if ((upgrade !== undefined && !/^(no|false)$/i.test(upgrade)) || /(^|, )\*($|, )/.test(names))
    return drain('it upgrades whatever there is, a kernel too')
  const vital = wordIn(VITAL, names, title)
  if (vital !== undefined) return drain(`"${vital}" cannot be replaced under what uses it`)
  if (/(?:^|, )@/.test(names)) return drain('a group of packages may hold anything, a kernel too')
  if (names === '') return hot('it only brings the package lists up to date')
  const variable = /\{\{\s*([\w.]+)/.exec(names)?.[1]
  if (variable !== undefined && GENERIC.test(variable))
    return drain(`which packages stand in ${variable} is not known here`)
  return hot('packages that no job holds')
}

function service(title: string, says: Readonly<Record<string, string>>): Suggestion {
  const { name = '', state = '' } = says
  if (!/restarted|stopped/.test(state))
    return hot(state === 'reloaded' ? 'a reload' : 'what runs is not stopped')
  const vital = wordIn(VITAL, name, title)
  if (vital !== undefined) return drain(`"${vital}" is ${state} under what uses it`)
  if (/\{\{\s*item/.test(name) || name === '')
    return drain(`which service is ${state} is not known here`)
  return hot(`${state === 'restarted' ? 'a restart' : 'the end'} of a service that no job uses`)
}

function file(title: string, says: Readonly<Record<string, string>>): Suggestion {
  if (says['state'] === 'directory') return hot('a directory')
  const target = says['dest'] ?? says['path'] ?? says['name']
  const found = wordIn(BOOT, target ?? says['src'])
  if (found !== undefined) return drain(`"${found}": the kernel, a driver or the boot reads it`)
  const around = wordIn(AROUND_JOBS, target, title)
  if (around !== undefined) return drain(`"${around}": jobs begin and end with it`)
  const spoken = wordIn(/(?<![a-z])(kernel|nvidia|driver|grub|lustre|beegfs)(?![a-z])/i, title)
  return spoken === undefined ? hot('a file') : drain(`its name speaks of "${spoken}"`)
}

function command(title: string, says: Readonly<Record<string, string>>): Suggestion {
  const text = says['cmd'] ?? says['argv'] ?? says['_raw_params'] ?? ''
  const serious = wordIn(SERIOUS_COMMAND, text)
  if (serious !== undefined) return drain(`the command has "${serious}"`)
  if (HARMLESS_COMMAND.test(text) && !VITAL.test(title))
    return hot('a command that only reloads or lists')
  return drain('what a command does cannot be told from it')
}
