# SPDX-License-Identifier: GPL-3.0-or-later
# Reboots the node it runs for, if that is wanted, and waits until it is back: another boot id, a small uptime.
# ansible.builtin.reboot asks less and less often while it waits, which costs seconds of each node's time out of service.
from __future__ import annotations

import json
import re
import shlex
import socket
import time

from ansible.errors import AnsibleConnectionFailure, AnsibleError
from ansible.plugins.action import ActionBase

# Read without privileges, in one go. The time is the node's own: its clock need not be ours.
LOOK = 'cat /proc/sys/kernel/random/boot_id; cut -d" " -f1 /proc/uptime; date +%s'
# First value wins in ssh. A shared connection would hang when the node goes, and a dead one has to be noticed soon.
FRESH = '-o ControlMaster=no -o ControlPath=none -o ConnectTimeout={0} -o ServerAliveInterval=1 -o ServerAliveCountMax={0}'
# A packet to a node that is down is sent again after a second at the earliest: a knock is given up sooner, and repeated.
KNOCK = 0.25
# Where knocking tells nothing (a jump host, a name that only ssh knows) the node is asked this often, s.
ASK_EVERY = 3
# A node that has not gone down yet is asked no more often than this, s: each connection costs it time.
GOING = 1
# Nor is it knocked at more often, s: OpenSSH from 9.8 on counts a second against an address for each connection that says nothing, and
# keeps it out when these come to fifteen (PerSourcePenalties).
QUIET = 2
# What ssh says where sshd closes the connection before it has said anything.
CLOSED = re.compile(r'kex_exchange_identification|Not allowed at this time')
LOG = '/run/patchrun-reboot.log'
BOOT_ID = re.compile(r'[0-9a-f]{8}-[0-9a-f-]{27}$')


def seen_of(lines):
    return {'boot': lines[0].strip(), 'uptime': float(lines[1]), 'now': float(lines[2])}


class ActionModule(ActionBase):
    _supports_check_mode = True
    _supports_async = False
    TRANSFERS_FILES = False

    def run(self, tmp=None, task_vars=None):
        result = super().run(tmp, task_vars)
        args = self._task.args
        self.limit, self.poll = float(args['timeout']), float(args['poll'])
        self.until = time.monotonic() + self.limit
        self.last = ''
        self._ssh_args, self._fresh = '', False
        self._connect_timeout = int(args['connect_timeout'])
        try:
            try:
                report = self._visit(args)
            finally:
                self._shared_connections()
        except AnsibleError as error:
            return dict(result, failed=True, msg=str(error))
        return dict(result, changed=report['rebooted'] or report.pop('would', False), stdout=json.dumps(report), msg=report['why'])

    def _visit(self, args):
        before, marks = self._first_look(args)
        why = self._why(args, before, marks)
        report = {'rebooted': False, 'why': why or self.not_why, 'before': before['boot'], 'after': before['boot'], 'uptime': before['uptime']}
        if not why:
            return report
        if self._task.check_mode or self._play_context.check_mode:
            return dict(report, why='would reboot: ' + why, would=True)
        if self._connection.transport == 'local':
            raise AnsibleError('the node is the machine that Ansible runs on, which is not rebooted; run patchrun on another machine')
        started = time.monotonic()
        self._start(args['command'])
        self._fresh_connections()
        after = self._back(before, started)
        return dict(report, rebooted=True, after=after['boot'], uptime=after['uptime'])

    # Whether

    def _first_look(self, args):
        """What it is like, and what on it asks for a reboot. It may be in the middle of one that an earlier call began."""
        asks = args['mode'] == 'auto'
        script = '; '.join([LOOK] + (['[ ! -e %s ] || echo %s' % (shlex.quote(path), shlex.quote(path + ' is there')) for path in args['marks']] + [
            'if command -v needs-restarting >/dev/null 2>&1; then timeout 120 needs-restarting -r >/dev/null 2>&1; [ $? -ne 1 ] || echo "needs-restarting says so"; fi'] if asks else []))
        # What tasks before it shared may be a connection to a node that has gone, and would hang.
        if not self._knock():
            self._fresh_connections()
        while True:
            try:
                lines = self._run(script, privileged=asks).strip().splitlines()
                first = next(n for n, line in enumerate(lines) if BOOT_ID.match(line))
                return seen_of(lines[first:]), '; '.join(lines[first + 3:])
            except (AnsibleConnectionFailure, ValueError, IndexError, StopIteration) as error:
                self.last = ' '.join(str(error).split())[-200:]
            self._fresh_connections()
            if time.monotonic() > self.until:
                raise AnsibleError('the node did not answer within %g s (%s), so nothing was rebooted; look at its power and its console' % (self.limit, self.last))
            time.sleep(self.poll)

    def _why(self, args, seen, marks):
        self.not_why = 'nothing asks for a reboot'
        mode, limit = args['mode'], args['boot_before']
        if mode == 'never':
            self.not_why = 'the policy is never to reboot'
            return ''
        if mode == 'always':
            # Slurm's and our idea of the boot time differ by the seconds that reading them takes.
            # Ansible 2.14 makes an empty text of none.
            if limit not in (None, '') and seen['now'] - seen['uptime'] > float(limit) + 5:
                self.not_why = 'it has booted since the visit began'
                return ''
            return 'the policy is always to reboot'
        return marks

    # The way there and back

    def _start(self, command):
        """Detached, so that the connection ends in order; what the command says is kept on the node."""
        inner = '(%s) >%s 2>&1; echo "code $?" >>%s' % (command, LOG, LOG)
        self._run('rm -f %s; %s sh -c %s </dev/null >/dev/null 2>&1 &' % (LOG, '$(command -v setsid nohup | head -n 1)', shlex.quote(inner)), privileged=True)

    def _back(self, before, started):
        asked, went, asked_at = False, False, time.monotonic()
        up, knocked_at = True, time.monotonic()
        while True:
            time.sleep(self.poll)
            now = time.monotonic()
            if not up or now - knocked_at >= QUIET:
                up, knocked_at = self._knock(), now
            went = went or up is False
            if now - asked_at < (ASK_EVERY if not up else 0 if went else GOING):
                continue
            asked_at = now
            # It went, and something listens again: what is opened now, the tasks after this one share.
            seen = self._look_shared(before) if went and up else self._look()
            if seen and seen['boot'] != before['boot']:
                elapsed = time.monotonic() - started
                if seen['uptime'] > elapsed + 10:
                    raise AnsibleError('the boot id is another, and yet the node says it has been up for %g s, longer than the %d s since the reboot began; '
                                       'look at what answers under its name' % (seen['uptime'], elapsed))
                return seen
            if seen:
                # A busy node may leave a knock unanswered.
                went = False
            else:
                # It may be going just now.
                knocked_at = 0.0
            if seen and not asked and time.monotonic() - started > 5:
                asked = True
                self._refused()
            if time.monotonic() > self.until:
                if seen:
                    raise AnsibleError('the node did not go down within %g s: it still has the same boot id %s; look at what holds up its shutdown' % (self.limit, before['boot']))
                if up and CLOSED.search(self.last):
                    raise AnsibleError('something listens on the node, and its sshd closes each connection from here (%s); an sshd that starts or ends does so, and one that keeps this '
                                       'machine out for a while (PerSourcePenalties). Look at its console, and at PerSourcePenalties in sshd_config' % self.last)
                raise AnsibleError('the node did not come back within %g s after its reboot (%s); look at its power and its console' % (self.limit, self.last))

    def _knock(self):
        """Whether something listens where ssh connects to, as far as that can be seen from here. Much cheaper than a connection."""
        if self._connection.transport != 'ssh':
            return None
        try:
            socket.create_connection((self._connection.get_option('host'), int(self._connection.get_option('port') or 22)), KNOCK).close()
            return True
        except (OSError, ValueError):
            return False

    def _refused(self):
        try:
            said = self._run('cat %s 2>/dev/null; true' % LOG, privileged=True).strip()
        except AnsibleError:
            return
        last = said.splitlines()[-1] if said else ''
        if last.startswith('code ') and last != 'code 0':
            raise AnsibleError('the node refused to reboot: %s; correct node_reboot_command, or the privileges of the user' % said.replace('\n', '; '))

    def _look(self):
        """None while the node does not answer."""
        try:
            return seen_of(self._run(LOOK).split()[-3:])
        except (AnsibleConnectionFailure, ValueError, IndexError) as error:
            self.last = ' '.join(str(error).split())[-200:]
            return None

    def _look_shared(self, before):
        self._shared_connections()
        seen = self._look()
        if not seen or seen['boot'] == before['boot']:
            self._fresh_connections()
        return seen

    def _run(self, script, privileged=False):
        done = self._low_level_execute_command(script, sudoable=privileged)
        if done['rc'] != 0:
            said = ' '.join((done.get('stderr') or done.get('stdout') or '').split())[-300:]
            if not privileged:
                raise ValueError(said)
            raise AnsibleError('the node could not be asked or told: code %s: %s' % (done['rc'], said))
        # A terminal, which sudo may ask for, ends lines in its own way.
        return done['stdout'].replace('\r', '')

    # Connections

    def _fresh_connections(self):
        if self._connection.transport != 'ssh' or self._fresh:
            return
        self._fresh = True
        self._ssh_args = self._connection.get_option('ssh_args') or ''
        # What other tasks share is of no use once the node has gone, and would hang them.
        self._connection.reset()
        self._connection.set_option('ssh_args', FRESH.format(self._connect_timeout) + ' ' + self._ssh_args)

    def _shared_connections(self):
        if self._fresh:
            self._fresh = False
            self._connection.set_option('ssh_args', self._ssh_args)
