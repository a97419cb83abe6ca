# SPDX-License-Identifier: GPL-3.0-or-later
"""Handlers that were notified and have not run, because something failed before them or the run was cut off.

Ansible forgets them: in the next run the task that notified them finds nothing to change. So they are told as they are notified,
and what an earlier run still owes is notified again when that task has come out well.
"""
from __future__ import annotations

import json
import os
import re

from . import describe, evaluate

FILE = 'owed.json'
TEMPLATE = re.compile(r'\{[{%].*?[%}]\}', re.S)


class Owed:
    def __init__(self, directory, root):
        self._path = os.path.join(directory, FILE) if directory else ''
        self._root = root
        self._hosts = {}
        self._told = {}

    def section(self, mode):
        """Host to a list of [name, file, line], or to None where nobody knows what it is owed: then that is all of them."""
        self._hosts = {}
        self._told = {}
        if mode in ('hot', 'full') and self._path and os.path.exists(self._path):
            with open(self._path, encoding='utf-8') as file:
                self._hosts = json.load(file)

    def after(self, iterator, ev, host, task, changed, ignored, timed_out):
        """The handlers that are owed from this result on, until they come out well."""
        told = self._told.setdefault(host.get_name(), set())
        found = []
        if describe.is_handler(task):
            told.discard(str(task._uuid))
            if ev in ('failed', 'unreachable') and not ignored:
                found.append(root_of(task))
        if ev == 'ok':
            if not changed:
                self._notify_again(iterator, host, task)
            if task.notify:
                # 2.14 counts a handler as notified until its own result was dealt with.
                found += [handler for handler in _pending(iterator, host) if str(handler._uuid) not in told | {str(task._uuid)}]
        elif not ignored and (ev == 'unreachable' or (ev == 'failed' and (changed or timed_out))):
            # It may have changed the node, and Ansible notifies nobody. The next run finds that nothing is left to change.
            found += [handler for _, handler in _notified_by(iterator._play, host, task)]
        found = list({str(handler._uuid): handler for handler in found}.values())
        told.update(str(handler._uuid) for handler in found)
        return found

    def _notify_again(self, iterator, host, task):
        """What is owed is notified here, where Ansible itself does not."""
        if not task.notify or host.get_name() not in self._hosts:
            return
        wanted = self._hosts[host.get_name()]
        keys = None if wanted is None else {tuple(one) for one in wanted}
        # Since 2.15 notifications are kept by name until handlers are flushed; a handler notifies another one at once.
        flushing = iterator.get_state_for_host(host.get_name()).run_state.name == 'HANDLERS'
        for name, handler in _notified_by(iterator._play, host, task):
            if keys is not None and self._key(handler) not in keys:
                continue
            if hasattr(iterator, 'add_notification') and not flushing:
                iterator.add_notification(host.get_name(), name)
            else:
                handler.notify_host(host)

    def _key(self, handler):
        return (describe.name_of(handler), *describe.place_of(handler, self._root))


def root_of(handler):
    """What is notified to make it run: itself, or the handler that includes it."""
    found = handler
    parent = getattr(handler, '_parent', None)
    while parent is not None:
        if describe.is_handler(parent) and describe.is_include(parent) and not parent.statically_loaded:
            found = parent
        parent = getattr(parent, '_parent', None)
    return found


def _handlers(play):
    """The last one first: of two with a name Ansible takes that."""
    return [handler for block in reversed(play.handlers) for handler in block.block]


def _pending(iterator, host):
    """Those that Ansible has notified and not run yet."""
    handlers = _handlers(iterator._play)
    found = [handler for handler in handlers if handler.is_host_notified(host)]
    for name in getattr(iterator.get_state_for_host(host.get_name()), 'handler_notifications', ()):
        found += [handler for handler in _answering(handlers, name) if handler not in found]
    return found


def _notified_by(play, host, task):
    """What a change of the task notifies, as pairs of a name and a handler. Names that depend on a loop stand for all that they may be."""
    handlers = _handlers(play)
    for handler in handlers:
        _settle_name(play, handler)
    topics = {topic for handler in handlers for topic in (*_names(handler), *describe.names(handler.listen))}
    values = None
    for name in task.notify if isinstance(task.notify, (list, tuple)) else [task.notify]:
        matching = re.escape(str(name))
        if TEMPLATE.search(str(name)):
            try:
                values = values or evaluate.variables(play, host, task)
                matching = re.escape(str(evaluate.template(play, name, values)))
            except Exception:  # an item of a loop
                matching = '.*'.join(re.escape(text) for text in TEMPLATE.split(str(name)))
        for topic in sorted(topics):
            if re.fullmatch(matching, topic, re.S):
                for handler in _answering(handlers, topic):
                    yield topic, handler


def _settle_name(play, handler):
    """As Ansible does when it first looks for a handler: its name is templated once, with what holds for the whole play."""
    if not handler.name or handler.cached_name or not TEMPLATE.search(str(handler.name)):
        return
    try:
        handler.name = evaluate.template(play, handler.name, evaluate.variables(play, None, handler))
        handler.cached_name = True
    except Exception:  # Ansible leaves out what it cannot template
        pass


def _answering(handlers, name):
    """As Ansible looks for them: the last one of that name, and all that listen."""
    named = next((handler for handler in handlers if handler.name and name in _names(handler)), None)
    if named is not None:
        yield named
    for handler in handlers:
        if handler is not named and name in describe.names(handler.listen):
            yield handler


def _names(handler):
    if not handler.name:
        return set()
    return {str(handler.name), str(handler.get_name()), str(handler.get_name(include_role_fqcn=False)), str(handler.get_name(include_role_fqcn=True))}
