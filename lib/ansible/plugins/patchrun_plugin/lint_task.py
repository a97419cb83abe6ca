# SPDX-License-Identifier: GPL-3.0-or-later
"""A task that was loaded but does not run, as the fields of a `lint_task` event."""
from __future__ import annotations

import json
import re

from ansible.playbook.task_include import TaskInclude
from ansible.plugins.loader import module_loader

from . import describe, habits

CONDITIONAL_RUN = ('creates', 'removes')
TEMPLATE = re.compile(r'\{[{%].*?[}%]\}')
SET_FACT = ('set_fact', 'ansible.builtin.set_fact', 'ansible.legacy.set_fact')
# Arguments that say what a task is about; no values that may be secret.
SAYS = ('name', 'pkg', 'package', 'deb', 'state', 'dest', 'path', 'src', 'upgrade', 'fstype', 'cmd', 'argv', '_raw_params')
SAYS_MAX = 500
SET_FACT_OPTIONS = ('cacheable', '_raw_params')


class Describer:
    def __init__(self, root, clean):
        self._root = root
        self.clean = clean

    def shown(self, path):
        """Relative to the repository where it lies inside."""
        return describe.inside(path, self._root)

    def entry(self, task, ident, context):
        info = describe.task_info(task, self._root, self.clean)
        action = _resolved(task)
        # Counted: a task that is reached twice is two tasks here.
        info.update(id=ident, name=info['name'].strip(), action=action, tags=sorted(info['tags']),
                    checkMode=not describe.is_false(task.check_mode))
        entry = {'play': self.clean(str(context.play.get_name())), 'playNumber': context.number, 'task': info}
        args = task.args if isinstance(task.args, dict) else {}
        templated = [str(tag) for tag in _flatten(task.tags) if TEMPLATE.search(str(tag))]
        if templated:
            entry['opaque'] = self.clean('its tags are a template: %s' % ', '.join(templated))
        if describe.is_local(context.play):
            entry['local'] = True
        if context.include is not None:
            entry['include'] = context.include
        listen = [self.clean(str(name)) for name in _flatten(getattr(task, 'listen', None) or [])]
        if listen:
            entry['listen'] = listen
        if any(name in args for name in CONDITIONAL_RUN):
            entry['conditionalRun'] = True
        entry.update(habits.of(task, action, args))
        says = {name: describe.cut(self.clean(_text(args[name])), SAYS_MAX) for name in SAYS if args.get(name) not in (None, '', [])}
        if says:
            entry['says'] = says
        # From 2.21 on it may be several, and is kept as names and expressions.
        registers = [str(name) for name in _flatten(list(task.register) if isinstance(task.register, dict) else task.register or [])]
        if action in SET_FACT:
            registers += [str(name) for name in args if name not in SET_FACT_OPTIONS]
        if registers:
            entry['registers'] = registers
        return entry

    def name_uses(self, found):
        """Says for each task which registered names stand in it, so that a reader can be told whose result it needs."""
        names = {name for entry, _ in found for name in entry.get('registers', ())}
        if not names:
            return
        longest_first = sorted(names, key=len, reverse=True)
        pattern = re.compile(r'(?<![\w.])(%s)(?!\w)' % '|'.join(re.escape(name) for name in longest_first))
        for entry, task in found:
            uses = sorted(set(pattern.findall(_written(task))) - set(entry.get('registers', ())))
            if uses:
                entry['uses'] = uses


def _text(value):
    return ', '.join(str(one) for one in value) if isinstance(value, (list, tuple)) else str(value)


def _written(task):
    """The expressions that stand in a task itself, as one text. Not its parents', and no plain words, which may look like a name."""
    args = task.args if isinstance(task.args, dict) else {}
    bare = [task.when, task.until, task.changed_when, task.failed_when, args.get('that'), args.get('var')]
    templated = [task.args, task.loop, task.vars, task.environment, task.delegate_to]
    return json.dumps(bare, default=str) + ' '.join(TEMPLATE.findall(json.dumps(templated, default=str)))


def _resolved(task):
    # A plain attribute on some versions and a property that warns on others: ask for the hidden one first.
    for name in ('_resolved_action', 'resolved_action'):
        value = getattr(task, name, None)
        if value:
            return str(value)
    # Includes and local_action are not resolved before 2.19.
    action = str(task.action)
    if '.' in action or TEMPLATE.search(action):
        return action
    if isinstance(task, TaskInclude):
        return 'ansible.builtin.' + action
    context = module_loader.find_plugin_with_context(action, collection_list=task.collections)
    return str(context.resolved_fqcn or action) if context.resolved else action


def _flatten(value):
    for item in value if isinstance(value, (list, tuple, set)) else [value]:
        if isinstance(item, (list, tuple, set)):
            yield from _flatten(item)
        else:
            yield item
