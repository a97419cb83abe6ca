# SPDX-License-Identifier: GPL-3.0-or-later
"""Which hosts did not see every play through, although nothing failed on them.

Ansible's stats do not tell: after a broken batch, any_errors_fatal or an include of a role that does not exist, a host
that was simply left out shows no failure.
"""
from __future__ import annotations


class Finish:
    def __init__(self):
        self._reset([])

    def _reset(self, plays):
        self._plays = plays
        self._expected = {}
        self._reached = {}
        self._iterators = []
        self._failed = set()

    def watch(self):
        """Keeps hold of the iterator of each play: it alone knows which hosts Ansible dropped without a result."""
        from ansible.executor.play_iterator import PlayIterator
        init = PlayIterator.__init__
        finish = self

        def watched(self, *args, **kwargs):
            init(self, *args, **kwargs)
            finish._collect()
            finish._iterators.append(self)
        PlayIterator.__init__ = watched

    def start(self, playbook):
        self._reset(list(playbook.get_plays()))

    def play(self, play, hosts, expected):
        self._reached.setdefault(play._uuid, set()).update(hosts)
        self._expected.setdefault(play._uuid, set()).update(expected)

    def _collect(self):
        for iterator in self._iterators:
            self._failed.update(iterator.get_failed_hosts())
        self._iterators = []

    def unfinished(self, hosts_of, planned):
        """hosts_of(play): the names of the hosts a play is for, raising when that cannot be told."""
        self._collect()
        missing = set(self._failed)
        for play in self._plays:
            if play._uuid in self._reached:
                missing |= self._expected[play._uuid] - self._reached[play._uuid]
                continue
            try:
                missing |= set(hosts_of(play))
            except Exception:
                missing |= planned
        return missing & planned
