# SPDX-License-Identifier: GPL-3.0-or-later
# ansible.builtin.command without a module: argv goes over the connection as it is, and stdin with it. Packing, sending and starting the
# module takes longer than most of our commands do, and a node may be out of service meanwhile.
from __future__ import annotations

import re
import shlex

from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase


class ActionModule(ActionBase):
    _supports_check_mode = True
    _supports_async = False
    TRANSFERS_FILES = False

    def run(self, tmp=None, task_vars=None):
        result = super().run(tmp, task_vars)
        self._task_vars = task_vars
        args = self._task.args
        unknown = set(args) - {'argv', 'stdin'}
        if unknown or not isinstance(args.get('argv'), list) or not args['argv']:
            raise AnsibleActionFail('argv must be a list, and beside it there may be stdin; found %s' % (', '.join(sorted(args)) or 'nothing'))
        if self._task.check_mode:
            return dict(result, skipped=True, msg='skipped, running in check mode')
        return dict(result, **self._command([str(arg) for arg in args['argv']], str(args.get('stdin') or '')))

    def _command(self, argv, stdin):
        if not self._takes_input():
            return self._module(argv, stdin)
        environment = self._compute_environment_string()
        command = ' '.join(([environment] if environment else []) + [shlex.quote(arg) for arg in argv])
        # Never without input: Ansible would ask for a terminal then, on which stdout and stderr cannot be told apart.
        done = self._low_level_execute_command(command, in_data=(stdin + '\n').encode('utf-8', 'surrogateescape'))
        if done['rc'] != 0 and self._connection.become and re.match('sudo: .*must have a tty', done['stderr']):
            # requiretty. Nothing has run.
            return self._module(argv, stdin)
        for key in ('stdout', 'stderr'):
            done[key] = done[key].rstrip('\r\n')
            done[key + '_lines'] = done[key].splitlines()
        return dict(done, changed=True, cmd=argv, **({'failed': True, 'msg': 'non-zero return code'} if done['rc'] != 0 else {}))

    def _takes_input(self):
        """Whether the connection passes input on, and what becomes another user does: su wants a terminal."""
        become = self._connection.become
        return self._connection.has_pipelining and not (become and (become.name.split('.')[-1] == 'su' or become.require_tty))

    def _module(self, argv, stdin):
        return self._execute_module('ansible.builtin.command', module_args={'argv': argv, 'stdin': stdin or None}, task_vars=self._task_vars)
