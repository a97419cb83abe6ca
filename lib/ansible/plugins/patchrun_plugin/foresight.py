# SPDX-License-Identifier: GPL-3.0-or-later
"""What a look sees of tasks that do otherwise in check mode than in a real run."""
from __future__ import annotations

from . import describe, evaluate

VARIABLE = 'ansible_check_mode'


def prepare(task):
    """Before it starts in check mode. Older releases refuse `async` there; and there is nothing that would take long."""
    if task.async_val and not describe.is_false(task.check_mode):
        task.async_val = 0


def hides(task):
    """Why a look may not see what it does, as it is written; None where it does not ask."""
    if any('not ' + VARIABLE in str(one) for one in task.when or []):
        return 'its condition leaves it out of check mode'
    for name in ('ignore_errors', 'failed_when', 'changed_when'):
        if VARIABLE in str(describe.written(task, name)):
            return '%s depends on check mode' % name
    return None


def hidden(play, ev, host, task, changed, ignored):
    """Whether a result of check mode leaves open what a real run would do there."""
    if ev in ('skipped', 'item_skipped'):
        return any(VARIABLE in str(one) for one in task.when or []) and _would_run(play, host, task)
    if ev == 'failed':
        return ignored and VARIABLE in str(describe.written(task, 'ignore_errors'))
    return ev == 'ok' and not changed and any(VARIABLE in str(describe.written(task, name)) for name in ('failed_when', 'changed_when'))


def _would_run(play, host, task):
    """Where that cannot be told, such as for an item of a loop or for what another task would find, it counts as if."""
    try:
        return evaluate.holds(play, task, dict(evaluate.variables(play, host, task), **{VARIABLE: False}))
    except Exception:
        return True
