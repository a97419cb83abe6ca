# SPDX-License-Identifier: GPL-3.0-or-later
"""Handlers that were notified and have not run, because something failed before them or the run was cut off.

Ansible forgets them: in the next run the task that notified them finds nothing to change. So they are told as they are notified,
and what an earlier run still owes is notified again when that task has come out well.
"""
from __future__ import annotations

import json
import os

from . import describe

FILE = 'owed.json'


class Owed:
    def __init__(self, directory, root):
        self._path = os.path.join(directory, FILE) if directory else ''
        self._root = root
        self._hosts = {}

    def section(self, mode):
        """Host to a list of [name, file, line], or to None where nobody knows what it is owed: then that is all of them."""
        self._hosts = {}
        if mode in ('hot', 'full') and self._path and os.path.exists(self._path):
            with open(self._path, encoding='utf-8') as file:
                self._hosts = json.load(file)

    def after(self, iterator, ev, host, task, changed, ignored):
        """The handlers that are owed from this result on, until they come out well."""
        if ev == 'ok':
            return self._notified(iterator, host, task, changed)
        if ev in ('failed', 'unreachable') and not ignored and describe.is_handler(task):
            return [root_of(task)]
        return []

    def _notified(self, iterator, host, task, changed):
        """Those that it has notified. What is owed is notified here, where Ansible itself does not."""
        found = [(name, handler) for name in describe.names(task.notify) for handler in _answering(iterator._play, name)]
        if not changed:
            found = self._notify_again(iterator, host, found)
        return [handler for _, handler in found]

    def _notify_again(self, iterator, host, found):
        if host.get_name() not in self._hosts:
            return []
        wanted = self._hosts[host.get_name()]
        if wanted is not None:
            keys = {tuple(one) for one in wanted}
            found = [(name, handler) for name, handler in found if self._key(handler) in keys]
        for name, handler in found:
            # Since 2.15 notifications are kept by name until handlers are flushed.
            if hasattr(iterator, 'add_notification'):
                iterator.add_notification(host.get_name(), name)
            else:
                handler.notify_host(host)
        return found

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


def _answering(play, name):
    """As Ansible looks for them: the last one of that name, and all that listen."""
    handlers = [handler for block in reversed(play.handlers) for handler in block.block]
    named = next((handler for handler in handlers if handler.name and name in _names(handler)), None)
    if named is not None:
        yield named
    for handler in handlers:
        if handler is not named and name in describe.names(handler.listen):
            yield handler


def _names(handler):
    return {str(handler.name), str(handler.get_name()), str(handler.get_name(include_role_fqcn=False)), str(handler.get_name(include_role_fqcn=True))}
