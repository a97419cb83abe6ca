# SPDX-License-Identifier: GPL-3.0-or-later
"""Every task of a playbook with its effective tags, without a run: Ansible has loaded the playbook, so the tags are what
Ansible makes of them. Dynamic includes are followed where their names are literal."""
from __future__ import annotations

import os
import re

from ansible.errors import AnsibleError
from ansible.playbook.block import Block
from ansible.playbook.handler import Handler
from ansible.playbook.helpers import load_list_of_blocks
from ansible.playbook.role_include import IncludeRole
from ansible.playbook.task_include import TaskInclude

from . import channel, lint_task

# Includes within includes; deeper is taken for a recursion that no condition ends.
MAX_DEPTH = 40
_NAMED = re.compile(r'\{\{\s*([A-Za-z_]\w*)\s*\}\}')


def audit(callback, playbook):
    """Sends a `lint_task` for each task. What Ansible cannot load ends the run as Ansible itself would have ended it."""
    walk = Walk(playbook, lint_task.Describer(callback.root, callback.redactor.clean))
    try:
        walk.playbook()
    except AnsibleError as error:
        callback.stopping = True
        callback._display.error(str(error), wrap_text=False)
        channel.interrupt()
        return
    for entry in walk.entries():
        callback.channel.send('lint_task', **entry)


class Context:
    """Where a task is found: its play, the dynamic include that brings it, and the includes around that."""

    def __init__(self, number, play, path=(), include=None):
        self.number = number
        self.play = play
        self.path = path
        self.include = include

    def within(self, key, include):
        return Context(self.number, self.play, self.path + (key,), include)


class Walk:
    def __init__(self, playbook, describer):
        self._playbook = playbook
        self._describer = describer
        self._found = []

    def playbook(self):
        for number, play in enumerate(self._playbook.get_plays()):
            self._play(number, play)

    def entries(self):
        self._describer.name_uses(self._found)
        return [entry for entry, _ in self._found]

    def _play(self, number, play):
        included = play._included_path
        play._loader.set_basedir(included if included is not None else self._playbook._basedir)
        context = Context(number, play)
        for blocks in (play.pre_tasks, play._compile_roles(), play.tasks, play.post_tasks):
            self._blocks(blocks, context)
        self._blocks(play.compile_roles_handlers() + play.handlers, context)

    def _blocks(self, blocks, context):
        for block in blocks:
            if isinstance(block, Block):
                for part in (block.block, block.rescue, block.always):
                    self._blocks(part, context)
            elif not getattr(block, 'implicit', False):
                self._task(block, context)

    def _task(self, task, context):
        ident = '%d' % (len(self._found) + 1)
        entry = self._describer.entry(task, ident, context)
        self._found.append((entry, task))
        if isinstance(task, TaskInclude) and not task.statically_loaded:
            opaque = self._follow(task, context, ident)
            if opaque:
                entry['opaque'] = self._describer.clean(opaque)

    def _follow(self, task, context, ident):
        """Walks what a dynamic include brings; the reason when that is not known without running."""
        role = isinstance(task, IncludeRole)
        known = context.play._variable_manager.extra_vars
        task = task.copy()
        if role:
            task._role_name = filled(task._role_name, known)
            task._from_files = {key: filled(name, known) for key, name in task._from_files.items()}
            names = [task._role_name, *task._from_files.values()]
        else:
            task.args = dict(task.args, _raw_params=filled(task.args.get('_raw_params'), known))
            names = [task.args['_raw_params']]
        for name in names:
            if not isinstance(name, str) or '{{' in name or '{%' in name:
                return 'its name is a template: %s' % name
        try:
            blocks, key = self._load_role(task, context) if role else self._load_file(task, context)
        except Exception as error:
            return 'it could not be loaded: %s' % str(error).strip().split('\n', 1)[0]
        if key in context.path:
            return None
        if len(context.path) >= MAX_DEPTH:
            return 'includes are nested more than %d deep' % MAX_DEPTH
        self._blocks(blocks, context.within(key, ident))
        return None

    def _load_role(self, task, context):
        play = context.play
        copy = task.copy()
        copy._role_name = str(task._role_name)
        before = len(play.handlers)
        blocks, handlers = copy.get_block_list(play=play, variable_manager=play._variable_manager, loader=play._loader)
        # They were put among the play's; they are walked here, where their include is known.
        del play.handlers[before:]
        return list(blocks) + list(handlers), (copy._role_path, tuple(sorted(copy._from_files.items())))

    def _load_file(self, task, context):
        play = context.play
        loader = play._loader
        handler = isinstance(task, Handler)
        path = self._include_path(task, loader, 'handlers' if handler else 'tasks')
        data = _load_yaml(loader, path)
        if data is None:
            return [], path
        if not isinstance(data, list):
            raise ValueError('%s holds no list of tasks' % path)
        copy = task.copy(exclude_parent=True)
        copy._parent = task._parent
        blocks = load_list_of_blocks(data, play=play, parent_block=copy.build_parent_block(), role=task._role,
                                     use_handlers=handler, loader=loader, variable_manager=play._variable_manager)
        return blocks, path

    def _include_path(self, task, loader, folder):
        """Where Ansible looks: in the role, beside the including file, beside the playbook."""
        name = str(task.args['_raw_params'])
        if os.path.isabs(name):
            return name
        candidates = []
        if task._role:
            role = task._role._role_path
            # What a handler includes may lie among the role's tasks.
            candidates += [os.path.join(role, folder, name), os.path.join(role, 'tasks', name), os.path.join(role, name)]
        origin = (task.get_path() or '').rpartition(':')[0]
        if origin:
            candidates.append(os.path.join(os.path.dirname(origin), name))
        base = loader.get_basedir()
        candidates += [os.path.join(base, name), os.path.join(base, folder, name)]
        for path in candidates:
            if os.path.isfile(path):
                return path
        looked = sorted({self._describer.shown(os.path.dirname(path)) for path in candidates})
        raise FileNotFoundError('there is no file %s (looked in %s)' % (name, ', '.join(looked)))


def filled(name, known):
    """A name with the extra variables in it that are simply named. Nothing else is evaluated: a lint starts nothing."""
    if not isinstance(name, str):
        return name

    def value(found):
        given = known.get(found.group(1))
        plain = isinstance(given, (str, int)) and '{{' not in str(given) and '{%' not in str(given)
        return str(given) if plain else found.group(0)
    return _NAMED.sub(value, name)


def _load_yaml(loader, path):
    try:
        return loader.load_from_file(path, trusted_as_template=True)
    except TypeError:
        # Before 2.19 every file was trusted.
        return loader.load_from_file(path)
