# SPDX-License-Identifier: GPL-3.0-or-later
"""patchrun's eyes and guard inside ansible-playbook: events out, forbidden things stopped before they start."""
from __future__ import annotations

DOCUMENTATION = '''
    name: patchrun_events
    type: notification
    short_description: events for patchrun, and its guard
    description:
      - Writes one JSON object a line to the descriptor named by PATCHRUN_EVENTS_FD.
      - Interrupts the run before a forbidden task, handler or play starts.
'''

import os
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
try:
    from ansible import constants, context
    from ansible.plugins.callback import CallbackBase
    from ansible.release import __version__ as ANSIBLE
    from patchrun_plugin import channel, describe, finish, foresight, guard, owed, redact, report, sections, unattended
    from patchrun_plugin.guarded import guarded
finally:
    sys.path.pop(0)

STATS_CHUNK = 500
# Ansible asks a thousand times a second whether a task has ended, which takes 4 % of a core for each run that waits. A site's own setting stays.
EAGER, CALM = 0.001, 0.005


class CallbackModule(CallbackBase):
    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = 'notification'
    CALLBACK_NAME = 'patchrun_events'
    CALLBACK_NEEDS_ENABLED = True

    def __init__(self, display=None):
        super().__init__(display=display)
        fd = os.environ.get('PATCHRUN_EVENTS_FD')
        self.disabled = not fd
        self.stopping = False
        if self.disabled:
            return
        try:
            self.root = guard.root_of(os.environ)
            self.channel = channel.Channel(int(fd))
            self.redactor = redact.Redactor()
            for secret in redact.secrets_of_environment(os.environ):
                self.redactor.note_text(secret)
            redact.watch_vault(self.redactor)
            redact.watch_register(self.redactor)
            sys.stdout = redact.CleanStream(sys.stdout, self.redactor)
            sys.stderr = redact.CleanStream(sys.stderr, self.redactor)
            self.guard = guard.Guard(os.environ, self._info)
            self.owed = owed.Owed(os.environ.get('PATCHRUN_RUN'), self.root)
            self.finish = finish.Finish()
            self.finish.watch()
            unattended.without_debugger()
            self.sections = sections.Sections(self.guard.modes)
            if constants.DEFAULT_INTERNAL_POLL_INTERVAL == EAGER:
                constants.DEFAULT_INTERNAL_POLL_INTERVAL = CALM
        except BaseException as error:
            # Raising would only make Ansible skip this plugin.
            self._say('the callback plugin cannot start: %r' % error)
            os._exit(1)
        self.check = False
        self.sent = set()
        self.started = {}
        sys.patchrun_guard = self

    # -- helpers

    def _say(self, text):
        try:
            self._display.error('patchrun: ' + text)
        except Exception:
            pass

    def _info(self, task):
        return describe.task_info(task, self.root, self.redactor.clean)

    def _stop(self, stop):
        if stop is None:
            return
        self.stopping = True
        stop['message'] = self.redactor.clean(stop['message'])
        self.channel.send('guard', **stop)
        self._say(stop['message'])
        channel.interrupt()

    def _send_task(self, task):
        uuid = str(task._uuid)
        if uuid not in self.sent:
            self.sent.add(uuid)
            self.channel.send('task', task=self._info(task))
        return uuid

    def _hosts(self, play, whole=False):
        inventory = play.get_variable_manager()._inventory
        return [host.get_name() for host in inventory.get_hosts(play.hosts, ignore_restrictions=whole)]

    def _audit(self, playbook):
        """Mode lint: the tasks are told, no play is started."""
        from patchrun_plugin import lint
        lint.audit(self, playbook)
        self.channel.send('stats', stats={})
        self.stopping = True
        channel.interrupt()

    # -- the run

    @guarded
    def v2_playbook_on_start(self, playbook):
        if not self.sections.begin(playbook):
            if not self.sections.over:
                self._say('the section before failed; the next is not started')
            raise SystemExit(0)
        self.guard.mode = self.sections.mode
        self.owed.section(self.guard.mode)
        self.sent = set()
        self.started = {}
        redact.note_passwords(self.redactor, playbook._loader)
        redact.note_parsed_files(self.redactor, playbook._loader)
        self.check = bool(context.CLIARGS.get('check'))
        self.finish.start(playbook)
        self.channel.send('start', playbook=str(playbook._file_name), pid=os.getpid(), ansible=ANSIBLE,
                          python='%d.%d.%d' % sys.version_info[:3], check=self.check,
                          diff=bool(context.CLIARGS.get('diff')))
        if self.guard.mode == 'lint':
            self._audit(playbook)
            return
        if self.check != (self.guard.mode == 'check'):
            self._stop({'reason': 'plugin-fault', 'message': 'A check run was started without --check, or another with it.'})

    @guarded
    def v2_playbook_on_play_start(self, play):
        hosts = self._hosts(play)
        self.finish.play(play, hosts, self._hosts(play, whole=True))
        self.channel.send('play', name=self.redactor.clean(str(play.get_name())), tags=describe.tags_of(play),
                          strategy=str(play.strategy), hosts=len(hosts), local=describe.is_local(play) or None)
        self._stop(self.guard.play(play, hosts))

    @guarded
    def v2_playbook_on_no_hosts_matched(self):
        self.channel.send('no_hosts', reason='unmatched')

    @guarded
    def v2_playbook_on_no_hosts_remaining(self):
        self.channel.send('no_hosts', reason='exhausted')

    @guarded
    def v2_playbook_on_task_start(self, task, is_conditional):
        self._stop(self.guard.task(task))
        if self.check:
            foresight.prepare(task)
        self._send_task(task)

    def v2_playbook_on_handler_task_start(self, task):
        self.v2_playbook_on_task_start(task, False)

    @guarded
    def v2_playbook_on_notify(self, handler, host):
        self.guard.notify(handler, host)

    @guarded
    def v2_runner_on_start(self, host, task):
        # Checked once more: strategies of others may not announce every task.
        self._stop(self.guard.task(task, host))
        self._stop(self.guard.host_start(host, task))
        uuid = self._send_task(task)
        self.started[(host.get_name(), uuid)] = time.monotonic()
        self.channel.send('host_start', host=host.get_name(), task=uuid)

    # -- results

    def _result(self, ev, result, ignored=False):
        data = describe.result_of(result)
        task = describe.part(result, 'task')
        fields = describe.fields_of(result) or {}
        host = describe.part(result, 'host').get_name()
        uuid = self._send_task(task)
        item = ev.startswith('item_') or ev == 'retry'
        begun = self.started.get((host, uuid)) if item else self.started.pop((host, uuid), None)
        elapsed = time.monotonic() - begun if begun else 0
        changed = bool(data.get('changed', False))
        if changed and not item:
            self.guard.changed(host, task)
        more = describe.outcome(ev, data, fields, task, elapsed, self, self.redactor.clean)
        if self.check and foresight.hidden(self.guard.current_play, ev, describe.part(result, 'host'), task, changed, ignored):
            more['unpredicted'] = True
        if not item and not self.check and self.finish.iterator is not None:
            for handler in self.owed.after(self.finish.iterator, ev, describe.part(result, 'host'), task, changed, ignored, 'timedOut' in more):
                self.channel.send('notified', host=host, task=self._send_task(handler), failed=True if ev != 'ok' else None)
        if ev == 'ok' and not describe.hidden(data, fields):
            report.tell(self.channel, host, task, data, self.redactor.clean)
        self.channel.send(ev, host=host, task=uuid, changed=changed, ignored=bool(ignored), duration=round(elapsed, 3), **more)
        self._stop(self.guard.result(host, task, more.get('delegatedTo')))

    @guarded
    def v2_runner_on_ok(self, result):
        self._result('ok', result)

    @guarded
    def v2_runner_on_failed(self, result, ignore_errors=False):
        self._result('failed', result, ignored=ignore_errors)

    @guarded
    def v2_runner_on_skipped(self, result):
        self._result('skipped', result)

    @guarded
    def v2_runner_on_unreachable(self, result):
        self._result('unreachable', result, ignored=describe.part(result, 'task').ignore_unreachable)

    @guarded
    def v2_runner_retry(self, result):
        self._result('retry', result)

    @guarded
    def v2_runner_item_on_ok(self, result):
        self._result('item_ok', result)

    @guarded
    def v2_runner_item_on_failed(self, result):
        self._result('item_failed', result)

    @guarded
    def v2_runner_item_on_skipped(self, result):
        self._result('item_skipped', result)

    @guarded
    def v2_playbook_on_stats(self, stats):
        """In several events when there are many hosts: a line stays far below what a reader takes."""
        dropped = self.finish.unfinished(lambda play: self._hosts(play, whole=True), self.guard.planned)
        # A host with a failure of its own says so in its stats.
        unfinished = {host for host in dropped if not (stats.failures.get(host) or stats.dark.get(host))}
        # A play may end for a host before its first task.
        through = self.finish.through(self.guard.planned) - set(stats.processed)
        hosts = sorted(set(stats.processed) | unfinished | through)
        for at in range(0, len(hosts) or 1, STATS_CHUNK):
            chunk = hosts[at:at + STATS_CHUNK]
            self.channel.send('stats', stats={host: stats.summarize(host) for host in chunk if host in stats.processed},
                              unfinished=[host for host in chunk if host in unfinished] or None,
                              through=[host for host in chunk if host in through] or None,
                              more=True if at + STATS_CHUNK < len(hosts) else None)
        failed = bool(dropped) or any(stats.failures.values()) or any(stats.dark.values())
        self.sections.end(stats, failed, self.channel)
