# SPDX-License-Identifier: GPL-3.0-or-later
"""Tags that are counted for tasks that have none, by the place of a task. The repository stays as it is."""
from __future__ import annotations

import json
import os

_tags = {}


def read(path, root):
    """`path`: JSON of {"file:line": tag}, files as an event tells them. Without it no tag is counted."""
    if not path:
        return
    with open(path, encoding='utf-8') as file:
        places = json.load(file)
    top = os.path.realpath(root)
    for place, tag in places.items():
        _tags[os.path.join(top, place)] = tag
    _select()


def of(task):
    if not _tags:
        return None
    file, _, line = (task.get_path() or '').rpartition(':')
    return _tags.get('%s:%s' % (os.path.realpath(file), line)) if file else None


def _select():
    """A run that asks for tags selects by them, too."""
    from ansible.playbook.taggable import Taggable
    evaluate = Taggable.evaluate_tags

    def evaluating(self, *args, **kwargs):
        tag = of(self) if hasattr(self, 'get_path') else None
        if tag is None:
            return evaluate(self, *args, **kwargs)
        # Not there as long as the task itself sets none.
        there = '_tags' in vars(self)
        own = vars(self).get('_tags')
        self._tags = [*(own if isinstance(own, (list, tuple)) else []), tag]
        try:
            return evaluate(self, *args, **kwargs)
        finally:
            if there:
                self._tags = own
            else:
                del self._tags
    Taggable.evaluate_tags = evaluating
