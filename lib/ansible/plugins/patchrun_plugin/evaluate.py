# SPDX-License-Identifier: GPL-3.0-or-later
"""Templates of a play, with the values they have for a host and a task. What cannot be told yet raises what Ansible raises."""
from __future__ import annotations

import inspect


def variables(play, host, task):
    manager = play.get_variable_manager()
    wanted = {'play': play, 'host': host, 'task': task}
    if 'include_delegate_to' in inspect.signature(manager.get_vars).parameters:
        wanted['include_delegate_to'] = False
    return manager.get_vars(**wanted)


def scopes(play, host, task):
    """The values for each item of a loop; those for the task itself where it has none, or one that only Ansible can unfold (with_items and its kin)."""
    values = variables(play, host, task)
    loop = template(play, task.loop, values) if task.loop is not None and not task.loop_with else None
    if not isinstance(loop, (list, tuple)):
        return [values]
    name = getattr(getattr(task, 'loop_control', None), 'loop_var', None) or 'item'
    return [dict(values, **{name: item}) for item in loop]


def runs(play, host, task):
    """Whether its conditions let it run on the host, for one of its items at least."""
    return any(holds(play, task, values) for values in scopes(play, host, task))


def template(play, value, values):
    """`value` as it stands in the playbook: since 2.19 a copy of its text is no template any more."""
    return _templar(play, values).template(value)


def holds(play, task, values):
    """Whether all conditions of a task hold."""
    templar = _templar(play, values)
    # Since 2.19 it is the templar that knows conditions.
    if hasattr(templar, 'evaluate_conditional'):
        return all(templar.evaluate_conditional(condition) for condition in task.when)
    return bool(task.evaluate_conditional(templar, values))


def _templar(play, values):
    from ansible.template import Templar
    return Templar(loader=play._loader, variables=values)
