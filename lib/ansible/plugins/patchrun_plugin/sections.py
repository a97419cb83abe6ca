# SPDX-License-Identifier: GPL-3.0-or-later
"""One ansible-playbook goes through several playbooks; each is a section with a mode of its own.

Between two of them it waits until patchrun says `go`, or `end`. Ansible tells the stats of a playbook before it loads the next one,
so what is set while it waits holds for every task of the next.
"""
from __future__ import annotations

from ansible import constants as C
from ansible import context
from ansible.utils.context_objects import CLIArgs

# Found again at the cost of a command on the host, and the same for as long as the process lives.
_KEPT_FACTS = 'discovered_interpreter_'


class Sections:
    def __init__(self, modes):
        self._modes = modes
        self._begun = 0
        self._allowed = 1
        # Told that nothing more is wanted.
        self.over = False
        self._stats = None
        self._manager = None

    @property
    def mode(self):
        return self._modes[self._begun - 1]

    def begin(self, playbook):
        """A playbook is about to start. False when it may not, though Ansible goes on: a section before it failed, or no other is wanted."""
        if self._begun == min(self._allowed, len(self._modes)):
            return False
        self._begun += 1
        self._manager = playbook.get_plays()[0].get_variable_manager()
        if self._stats is not None:
            # Ansible counts on and on: each section's stats are to speak of that section only.
            self._stats.__init__()
        return True

    def end(self, stats, failed, channel):
        """A playbook is through. Returns when the next may begin, or when nothing more is to be waited for."""
        self._stats = stats
        if failed or self._begun == len(self._modes):
            return
        channel.send('parked', section=self._begun)
        if not channel.wait():
            self.over = True
            return
        self._allowed += 1
        self._prepare(self._modes[self._begun] == 'check')

    def _prepare(self, check):
        # Tasks take their check mode from here when they are loaded.
        context.CLIARGS = CLIArgs(dict(context.CLIARGS, check=check))
        self._manager._options_vars['ansible_check_mode'] = check
        self._forget()

    def _forget(self):
        """What a process of its own would not know either: else a check would not say what it says without the others."""
        self._manager._vars_cache.clear()
        self._manager._nonpersistent_fact_cache.clear()
        if C.CACHE_PLUGIN not in ('memory', 'ansible.builtin.memory'):
            return
        # ansible-core 2.14 has the plugin in a wrapper.
        cache = getattr(self._manager._fact_cache, '_plugin', self._manager._fact_cache)
        for host in list(cache.keys()):
            kept = {name: value for name, value in cache.get(host).items() if str(name).startswith(_KEPT_FACTS)}
            cache.set(host, kept)
