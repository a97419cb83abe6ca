# SPDX-License-Identifier: GPL-3.0-or-later
"""What must not start. Every method answers None (go on) or the fields of a `guard` event (stop)."""
from __future__ import annotations

import os

from . import describe, evaluate, fence, suggested

HOT = 'HotChange'
DRAIN = 'DrainChange'
HOSTS_SHOWN = 20

# They change no node, so they may run outside check mode.
_HARMLESS = {
    'add_host', 'assert', 'debug', 'fail', 'gather_facts', 'group_by', 'include_vars', 'meta', 'set_fact', 'set_stats',
    'setup', 'slurp', 'stat', 'validate_argument_spec',
}

# The tags that a hot run selects hold for the whole process; a lint starts nothing, and ends it.
_ALONE = {'hot', 'lint'}


def read_names(path):
    if not path:
        return None
    with open(path, encoding='utf-8') as file:
        return {line.strip() for line in file if line.strip()}


class Guard:
    def __init__(self, environ, info):
        # One a playbook of this run.
        self.modes = environ.get('PATCHRUN_MODE', '').split(',')
        if not set(self.modes) <= {'check', 'hot', 'full', 'gate', 'lint'} or (len(self.modes) > 1 and set(self.modes) & _ALONE):
            raise ValueError('PATCHRUN_MODE is %r' % environ.get('PATCHRUN_MODE'))
        self.mode = self.modes[0]
        self.allow_untagged = environ.get('PATCHRUN_UNTAGGED') == 'hot'
        suggested.read(environ.get('PATCHRUN_SUGGESTED'), environ.get('PATCHRUN_ROOT', ''))
        self.planned = read_names(environ['PATCHRUN_HOSTS'])
        self.localhost = environ.get('PATCHRUN_LOCALHOST') == 'run'
        self.denied = read_names(environ.get('PATCHRUN_DENY')) or set()
        self._fence = fence.Fence(environ.get('PATCHRUN_FENCE'))
        self._info = info
        self.current_play = None
        self._notified = {}
        self._pending = {}
        # Conditions of handlers that were kept from running.
        self._kept_out = {}

    # -- plays and hosts

    def play(self, play, hosts):
        self.current_play = play
        self._notified = {}
        self._pending = {}
        strangers = sorted(set(hosts) - self.planned - self._local())
        if not strangers:
            return None
        return {
            'reason': 'unplanned-host',
            'message': 'The play "%s" would run on %s, not planned for this run. It was not started.'
                       % (play.get_name(), _some(strangers)),
            'hosts': strangers[:HOSTS_SHOWN],
        }

    def _local(self):
        """Names of localhost, which is in a play only where that names it; none where it is left out."""
        return set(describe.LOCALHOST) if self.localhost and self.mode in ('check', 'hot', 'full') else set()

    def host_start(self, host, task):
        name = host.get_name()
        if name not in self.planned and name in self._local():
            if self.mode == 'full' and any(DRAIN in tag for tag in describe.tags_of(task)):
                return self._stop('drain-change', task, 'is tagged %s, and localhost is not drained' % DRAIN)
        elif name not in self.planned:
            return {
                'reason': 'unplanned-host',
                'message': '"%s" would run on %s, which is not planned for this run.' % (task.get_name(), name),
                'task': self._info(task), 'hosts': [name],
            }
        if task.delegate_to is None or not self.denied:
            return None
        for target in self._delegates(host, task):
            if target in self.denied:
                return self._denied(task, name, target, 'would run')
        return None

    def result(self, host, task, delegated):
        """After the fact: a delegation that could not be told before it started."""
        if delegated and delegated in self.denied:
            return self._denied(task, host, delegated, 'ran')
        return None

    def _denied(self, task, host, target, verb):
        return {
            'reason': 'denied-delegate',
            'message': '"%s" of %s %s on %s, which is on the deny list.' % (task.get_name(), host, verb, target),
            'task': self._info(task), 'hosts': [host, target],
        }

    def _delegates(self, host, task):
        """The hosts it delegates to, as far as they can be told before it starts."""
        literal = str(task.delegate_to)
        if '{' not in literal:
            return [literal]
        try:
            scopes = evaluate.scopes(self.current_play, host, task)
        except Exception:  # not to be told now; result() looks again
            return []
        found = []
        for scope in scopes:
            try:
                found.append(str(evaluate.template(self.current_play, task.delegate_to, scope)))
            except Exception:  # an undefined variable: as above
                continue
        return found

    # -- tasks and handlers

    def task(self, task, host=None):
        """`host`: it starts there; without one it starts at all."""
        broken = self._fence.broken()
        if broken:
            return self._stop('fenced', task, 'may not start any more: %s' % broken)
        tags = describe.tags_of(task)
        if self.mode == 'hot' and describe.is_handler(task) and not self._runs(task, host):
            return None
        if self.mode in ('hot', 'gate') and any(DRAIN in tag for tag in tags):
            # A templated tag cannot be told here; its text decides, on the safe side.
            return self._stop('drain-change', task, 'is tagged %s, and this run is for nodes in use' % DRAIN)
        if self.mode == 'hot':
            if describe.is_handler(task) and HOT not in tags and 'always' not in tags and not self.allow_untagged:
                return self._stop('untagged-handler', task,
                                  'carries neither %s nor %s, so it counts as a change that needs an empty node' % (HOT, DRAIN))
        if self.mode == 'check' and any(DRAIN in tag for tag in tags) and self._would_run(task):
            return self._stop('unchecked-drain-change', task,
                              'is tagged %s and sets check_mode to false, so it would really run' % DRAIN)
        return None

    def _runs(self, handler, host):
        """Whether its own condition lets a handler run where it was notified. What cannot be told counts as if it did. One that does not
        is kept from running: Ansible asks the condition once more, and could come to another answer."""
        ident = str(handler._uuid)
        if host is not None:
            return ident not in self._kept_out
        handler.when = self._kept_out.pop(ident, handler.when)
        control = getattr(handler, 'loop_control', None)
        if not handler.when or handler.loop_with or getattr(control, 'extended', None) or getattr(control, 'index_var', None):
            return True
        try:
            hosts = list(handler.notified_hosts)
            if not hosts or any(evaluate.runs(self.current_play, one, handler) for one in hosts):
                return True
        except Exception:
            return True
        self._kept_out[ident] = handler.when
        handler.when = [False]
        return False

    def _would_run(self, task):
        if describe.is_include(task) or str(task.action).rpartition('.')[2] in _HARMLESS:
            return False
        if task.check_mode is True:
            return False
        if str(task.changed_when) in ('[False]', 'False'):
            return False
        if isinstance(task.check_mode, bool):
            return True
        try:
            value = evaluate.template(self.current_play, task.check_mode, evaluate.variables(self.current_play, None, task))
        except Exception:
            return True
        return str(value).lower() not in ('true', 'yes', '1', 'on')

    def _stop(self, reason, task, why):
        notified = self._notifiers(task) if describe.is_handler(task) else []
        message = 'The %s "%s" %s. It was not started.' % (
            'handler' if describe.is_handler(task) else 'task', task.get_name(), why)
        if notified:
            message += ' Notified by ' + '; '.join(
                '"%s" (%s:%d) on %s' % (one['task']['name'], one['task']['file'], one['task']['line'], _some(one['hosts']))
                for one in notified[:5]) + '.'
        hosts = sorted({host for one in notified for host in one['hosts']})
        return {'reason': reason, 'message': message, 'task': self._info(task),
                'notifiedBy': [dict(one, hosts=one['hosts'][:HOSTS_SHOWN]) for one in notified[:HOSTS_SHOWN]] or None,
                'hosts': hosts[:HOSTS_SHOWN] or None}

    # -- who notified a handler

    def notify(self, handler, host):
        """Sent just before the result that notified, and only for the first notification of a host."""
        self._pending.setdefault(host.get_name(), []).append(str(handler._uuid))

    def changed(self, host, task):
        wanted = set(describe.names(task.notify))
        handlers = self._pending.pop(host, [])
        if not wanted and not handlers:
            return
        entry = self._notified.setdefault(str(task._uuid), {'task': task, 'names': wanted, 'handlers': set(), 'hosts': {}})
        entry['handlers'].update(handlers)
        entry['hosts'][host] = True

    def _notifiers(self, handler):
        called = set(describe.names(handler.listen) if hasattr(handler, 'listen') else [])
        called.update((str(handler.name), str(handler.get_name())))
        uuid = str(handler._uuid)
        return [
            {'task': self._info(entry['task']), 'hosts': list(entry['hosts'])}
            for entry in self._notified.values() if uuid in entry['handlers'] or called & entry['names']
        ]


def _some(hosts):
    shown = ', '.join(hosts[:5])
    return shown if len(hosts) <= 5 else '%s and %d more' % (shown, len(hosts) - 5)


def root_of(environ):
    root = environ.get('PATCHRUN_ROOT')
    return os.path.realpath(root) if root else ''
