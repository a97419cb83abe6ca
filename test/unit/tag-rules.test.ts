// SPDX-License-Identifier: Apache-2.0
// What is proposed for a task, against what people who run clusters and clouds have said of such
// tasks.
import t from 'tap'
import type { LintTaskEvent, TaskInfo } from '../../lib/ansible/events/run-events.js'
import { suggestTags } from '../../lib/outcome/tags/suggest-tags.js'

type Given = Partial<TaskInfo> & Pick<LintTaskEvent, 'says' | 'uses' | 'registers' | 'include'>
let number = 0
const task = (
  action: string,
  { says, uses, registers, include, ...info }: Given = {},
): LintTaskEvent =>
  ({
    ev: 'lint_task',
    seq: 1,
    play: 'site',
    playNumber: 0,
    task: {
      id: `${++number}`,
      name: action,
      action: `ansible.builtin.${action}`,
      file: 'site.yml',
      line: number,
      tags: [],
      notify: [],
      handler: false,
      checkMode: true,
      ...info,
    },
    ...(says && { says }),
    ...(uses && { uses }),
    ...(registers && { registers }),
    ...(include !== undefined && { include }),
  }) as unknown as LintTaskEvent
const tagOf = (event: LintTaskEvent, ...others: LintTaskEvent[]): string | undefined =>
  suggestTags([event, ...others]).get(event.task.id ?? '')?.tag
const [HOT, DRAIN] = ['HotChange', 'DrainChange']

t.test('by module and arguments', async (t) => {
  for (const [expected, action, says, name] of [
    [HOT, 'copy', { dest: '/etc/motd' }],
    [HOT, 'template', { dest: '/etc/chrony/chrony.conf' }],
    [DRAIN, 'template', { dest: '/etc/default/grub' }],
    [DRAIN, 'copy', { dest: '/etc/modprobe.d/nvidia.conf' }],
    [DRAIN, 'lineinfile', { path: '/etc/fstab' }],
    [HOT, 'template', { dest: '/etc/slurm/slurm.conf' }],
    [DRAIN, 'template', { dest: '/etc/x' }, 'Configure the NVIDIA driver'],
    [HOT, 'apt', { name: 'vim, htop' }],
    [HOT, 'apt', { update_cache: 'yes' }],
    [DRAIN, 'apt', { name: 'linux-image-amd64' }],
    [DRAIN, 'dnf', { name: '*', state: 'latest' }],
    [DRAIN, 'apt', { upgrade: 'dist' }],
    [DRAIN, 'yum', { name: 'slurm-slurmd, munge' }],
    [DRAIN, 'package', { name: '{{ packages }}' }],
    [DRAIN, 'apt', { name: '{{ item }}' }],
    [HOT, 'package', { name: '{{ chrony_package }}' }],
    [DRAIN, 'apt', { name: '{{ x_pkgs }}' }, 'Install the kernel'],
    [DRAIN, 'dnf', { name: 'lustre-client' }],
    [DRAIN, 'apt', { name: 'nova-compute' }],
    [HOT, 'service', { name: 'chronyd', state: 'restarted' }],
    [DRAIN, 'systemd', { name: 'slurmd', state: 'restarted' }],
    [HOT, 'systemd', { name: 'slurmd', state: 'started' }],
    [DRAIN, 'service', { name: 'nova-compute', state: 'restarted' }],
    [HOT, 'service', { name: 'nginx', state: 'reloaded' }],
    [DRAIN, 'service', { name: '{{ item }}', state: 'restarted' }],
    [DRAIN, 'systemd', { name: 'libvirtd', state: 'stopped' }],
    [DRAIN, 'service', { name: 'NetworkManager', state: 'restarted' }],
    [HOT, 'systemd', { name: 'systemd-timesyncd', state: 'restarted' }],
    [DRAIN, 'reboot', {}],
    [HOT, 'user', { name: 'ann' }],
    [HOT, 'cron', {}],
    [DRAIN, 'modprobe', { name: 'x' }],
    [DRAIN, 'mount', { path: '/scratch', state: 'mounted' }],
    [HOT, 'mount', { path: '/x', state: 'present' }],
    [DRAIN, 'sysctl', { name: 'vm.nr_hugepages' }],
    [HOT, 'sysctl', { name: 'net.core.rmem_max' }],
    [DRAIN, 'command', { _raw_params: 'dracut -f' }],
    [DRAIN, 'shell', { cmd: 'do-something' }],
    [HOT, 'command', { _raw_params: 'systemctl daemon-reload' }],
    [DRAIN, 'yum', { name: '@DGX-2 Configurations' }],
    [DRAIN, 'dnf', { name: 'vim, @virtualization' }],
    [HOT, 'package', { name: 'python3-docker' }],
    [DRAIN, 'package', { name: 'docker' }],
    [
      DRAIN,
      'file',
      { path: '{{ slurm_config_dir }}/{{ item }}', state: 'absent' },
      'slurm : delete old prolog files',
    ],
    [DRAIN, 'copy', { dest: '/etc/slurm/epilog.d/50-clean' }],
    [HOT, 'file', { path: '{{ nvidia_keyring_path | dirname }}', state: 'directory' }],
    [HOT, 'copy', { src: '{{ firmware_src }}/x.tar', dest: '/tmp/fw' }],
    [DRAIN, 'copy', { src: 'x', dest: '/lib/firmware/x' }],
    [HOT, 'service', { name: 'slurm-exporter', state: 'restarted' }],
    [HOT, 'service', { name: 'prometheus_slurm_exporter', state: 'restarted' }],
    [HOT, 'systemd', { name: 'systemd-journald', state: 'restarted' }],
    [DRAIN, 'systemd', { name: 'systemd-logind', state: 'restarted' }],
    [HOT, 'sysctl', { name: 'kernel.keys.maxkeys' }, 'Up number of non-root kernel keys'],
    [HOT, 'sysctl', { name: 'vm.max_map_count' }],
    [DRAIN, 'sysctl', { name: 'kernel.numa_balancing' }],
    [DRAIN, 'command', { _raw_params: 'systemctl daemon-reload; reboot' }],
    [DRAIN, 'something_new', {}],
    [DRAIN, 'docker_container', {}],
    [HOT, 'postgresql_user', {}],
  ] as const)
    t.equal(
      tagOf(task(action, { says: says, ...(name !== undefined && { name }) })),
      expected,
      `${action} ${JSON.stringify(says)} ${name ?? ''}`,
    )
})

t.test('who notifies a DrainChange is one', async (t) => {
  const restart = task('service', {
    name: 'restart slurmd',
    handler: true,
    says: { name: 'slurmd', state: 'restarted' },
  })
  const reload = task('command', {
    name: 'reconfigure',
    handler: true,
    says: { _raw_params: 'scontrol reconfigure' },
  })
  t.equal(
    tagOf(
      task('template', { notify: ['restart slurmd'], says: { dest: '/etc/slurm/gres.conf' } }),
      restart,
      reload,
    ),
    DRAIN,
  )
  t.equal(
    tagOf(
      task('template', { notify: ['reconfigure'], says: { dest: '/etc/slurm/slurm.conf' } }),
      restart,
      reload,
    ),
    HOT,
  )
  const tagged = task('debug', {
    name: 'by hand',
    handler: true,
    tags: ['DrainChange'],
    action: 'ansible.builtin.command',
  })
  t.equal(
    tagOf(task('copy', { notify: ['by hand'], says: { dest: '/etc/x' } }), tagged),
    DRAIN,
    'whoever tagged it',
  )
  const chain = task('copy', {
    name: 'first',
    handler: true,
    notify: ['restart slurmd'],
    says: { dest: '/etc/y' },
  })
  t.equal(
    tagOf(task('copy', { notify: ['first'], says: { dest: '/etc/x' } }), chain, restart),
    DRAIN,
    'through a handler that notifies',
  )
})

t.test('what a HotChange needs comes along', async (t) => {
  const stat = task('stat', { registers: ['seen'] })
  const fact = task('set_fact', { registers: ['said'], uses: ['seen'] })
  const copy = task('copy', { uses: ['said'], says: { dest: '/etc/x' } })
  t.same(
    [stat, fact, copy].map((one) => suggestTags([stat, fact, copy]).get(one.task.id ?? '')?.tag),
    [HOT, HOT, HOT],
  )
  t.equal(tagOf(stat, fact), undefined, 'nothing without one')
  const drain = task('shell', { registers: ['out'], says: { cmd: 'x' } })
  t.equal(
    tagOf(task('copy', { uses: ['out'], says: { dest: '/etc/x' } }), drain),
    DRAIN,
    'what only a DrainChange sets is not there in a Hot run',
  )
  const include = task('include_tasks')
  const inside = task('copy', { says: { dest: '/etc/x' }, include: include.task.id })
  t.equal(tagOf(include, inside), HOT)
  t.equal(tagOf(task('include_vars'), copy), HOT)
  t.equal(tagOf(task('copy', { tags: ['HotChange'] })), undefined, 'who has one keeps it')
  t.equal(tagOf(task('copy', { tags: ['never'], says: { dest: '/etc/x' } })), undefined)
  t.equal(tagOf(task('command', { neverChanged: true })), undefined)
})
