# SPDX-License-Identifier: GPL-3.0-or-later
"""Which hosts saw every play through, and which did not although nothing failed on them.

Ansible's stats do not tell: after a broken batch, any_errors_fatal or an include of a role that does not exist, a host
that was simply left out shows no failure; and one that a play ended on purpose before its first task is not in them at all.
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
        self._left = set()
        self._through = set()

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

    @property
    def iterator(self):
        """Of the play that is under way."""
        return self._iterators[-1] if self._iterators else None

    def start(self, playbook):
        self._reset(list(playbook.get_plays()))

    def play(self, play, hosts, expected):
        self._reached.setdefault(play._uuid, set()).update(hosts)
        self._expected.setdefault(play._uuid, set()).update(expected)

    def _collect(self):
        for iterator in self._iterators:
            failed = set(iterator.get_failed_hosts())
            self._left |= failed
            for name in list(iterator._host_states):
                if name not in failed:
                    (self._left if _has_more(iterator, name) else self._through).add(name)
        self._iterators = []

    def unfinished(self, hosts_of, planned):
        """hosts_of(play): the names of the hosts a play is for, raising when that cannot be told."""
        self._collect()
        missing = set(self._left)
        for play in self._plays:
            if play._uuid in self._reached:
                missing |= self._expected[play._uuid] - self._reached[play._uuid]
                continue
            try:
                missing |= set(hosts_of(play))
            except Exception:
                missing |= planned
        return missing & planned

    def through(self, planned):
        """Hosts that some play ran to its end, whether it had a task for them or not. To be asked after `unfinished`."""
        return (self._through - self._left) & planned


def _has_more(iterator, name):
    """A play that was broken off has another task for the host. ansible-core before 2.17 marks no other host as failed then."""
    host = iterator._play.get_variable_manager()._inventory.get_host(name)
    if host is None:
        return False
    _, task = iterator.get_next_task_for_host(host, peek=True)
    return task is not None
