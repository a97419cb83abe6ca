# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Lists every task of a playbook with its effective tags, then ends the run before any play starts."""

from __future__ import annotations

DOCUMENTATION = """
    name: patchrun_lint
    type: notification
    short_description: lists the tasks of a playbook and runs none
    description:
      - Writes one JSON object a task to the file descriptor named by E(PATCHRUN_EVENTS_FD), and ends the run before
        any play starts.
      - Ansible itself has loaded the playbook by then, so tags are what Ansible makes of them.
    requirements:
      - started by patchrun
"""

import json
import os
import platform
import re
import time

from ansible.playbook.block import Block
from ansible.playbook.handler import Handler
from ansible.playbook.helpers import load_list_of_blocks
from ansible.playbook.role_include import IncludeRole
from ansible.playbook.task_include import TaskInclude
from ansible.plugins.callback import CallbackBase
from ansible.plugins.loader import module_loader
from ansible.release import __version__ as ansible_version

# Includes within includes; deeper is taken for a recursion that no condition ends.
MAX_DEPTH = 40
CONDITIONAL_RUN = ("creates", "removes")
TEMPLATE = re.compile(r"\{[{%].*?[}%]\}")
SET_FACT = ("set_fact", "ansible.builtin.set_fact", "ansible.legacy.set_fact")


class CallbackModule(CallbackBase):
    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "notification"
    CALLBACK_NAME = "patchrun_lint"
    CALLBACK_NEEDS_ENABLED = True

    def v2_playbook_on_start(self, playbook):
        # Whatever happens in here, the run must not go on: an ordinary exception is only warned about.
        try:
            fd = os.environ.get("PATCHRUN_EVENTS_FD")
            if fd is not None:
                with os.fdopen(int(fd), "w", encoding="utf-8") as stream:
                    Audit(playbook, stream).run()
        finally:
            raise KeyboardInterrupt

    # Never reached. Should a later Ansible start elsewhere, still nothing runs.
    def v2_playbook_on_play_start(self, play):
        raise KeyboardInterrupt

    def v2_playbook_on_task_start(self, task, is_conditional):
        raise KeyboardInterrupt

    def v2_playbook_on_handler_task_start(self, task):
        raise KeyboardInterrupt


class Audit:
    def __init__(self, playbook, stream):
        self._playbook = playbook
        self._stream = stream
        self._root = os.path.realpath(os.environ.get("PATCHRUN_CHECKOUT") or os.getcwd())
        self._found = []
        self._seq = 0

    def run(self):
        error = None
        self._write({"ev": "start", "playbook": str(getattr(self._playbook, "_file_name", "")), "pid": os.getpid(),
                     "ansible": ansible_version, "python": platform.python_version(), "check": True, "diff": False})
        try:
            for number, play in enumerate(self._playbook.get_plays()):
                self._play(number, play)
            self._name_uses()
            for entry, dummy in self._found:
                self._write(entry)
        except BaseException as ex:  # pylint: disable=broad-except
            error = "%s: %s" % (type(ex).__name__, ex)
        end = {"ev": "lint_end", "tasks": len(self._found)}
        if error is not None:
            end["error"] = error
        self._write(end)

    def _write(self, event):
        self._seq += 1
        self._stream.write(json.dumps(dict(event, v=1, seq=self._seq, ts=time.time()), default=str) + "\n")

    def _play(self, number, play):
        included = play._included_path
        play._loader.set_basedir(included if included is not None else self._playbook._basedir)
        context = Context(number, play)
        for blocks in (play.pre_tasks, play._compile_roles(), play.tasks, play.post_tasks):
            self._blocks(blocks, context)
        handlers = play.compile_roles_handlers() + play.handlers
        self._blocks(handlers, context)

    def _blocks(self, blocks, context):
        for block in blocks:
            if isinstance(block, Block):
                for part in (block.block, block.rescue, block.always):
                    self._blocks(part, context)
            elif not getattr(block, "implicit", False):
                self._task(block, context)

    def _task(self, task, context):
        entry = self._describe(task, context)
        self._found.append((entry, task))
        templated = [tag for tag in entry["task"]["tags"] if TEMPLATE.search(tag)]
        if templated:
            entry["opaque"] = "its tags are a template: %s" % ", ".join(templated)
        if isinstance(task, TaskInclude) and not task.statically_loaded:
            opaque = self._follow(task, context, entry["task"]["id"])
            if opaque:
                entry["opaque"] = opaque

    def _follow(self, task, context, ident):
        """Walks what a dynamic include brings; the reason when that is not known without running."""
        what = task._role_name if isinstance(task, IncludeRole) else task.args.get("_raw_params")
        froms = list(task._from_files.values()) if isinstance(task, IncludeRole) else []
        for name in [what] + froms:
            if not isinstance(name, str) or "{{" in name or "{%" in name:
                return "its name is a template: %s" % name
        try:
            blocks, key = self._load_role(task, context) if isinstance(task, IncludeRole) else self._load_file(task, context)
        except KeyboardInterrupt:
            raise
        except BaseException as ex:  # pylint: disable=broad-except
            return "it could not be loaded: %s" % first_line(ex)
        if key in context.path:
            return None
        if len(context.path) >= MAX_DEPTH:
            return "includes are nested more than %d deep" % MAX_DEPTH
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
        path = self._include_path(task, loader, "handlers" if handler else "tasks")
        data = load_yaml(loader, path)
        if data is None:
            return [], path
        if not isinstance(data, list):
            raise ValueError("%s holds no list of tasks" % path)
        copy = task.copy(exclude_parent=True)
        copy._parent = task._parent
        blocks = load_list_of_blocks(data, play=play, parent_block=copy.build_parent_block(), role=task._role,
                                     use_handlers=handler, loader=loader, variable_manager=play._variable_manager)
        return blocks, path

    def _include_path(self, task, loader, folder):
        """Where Ansible looks: beside the including file, up through the files that include it, in the role, beside the playbook."""
        name = str(task.args["_raw_params"])
        if os.path.isabs(name):
            return name
        candidates = []
        origin = source_of(task)[0]
        if task._role:
            role = task._role._role_path
            candidates += [os.path.join(role, folder, name), os.path.join(role, name)]
        if origin:
            candidates.append(os.path.join(os.path.dirname(origin), name))
        base = loader.get_basedir()
        candidates += [os.path.join(base, name), os.path.join(base, folder, name)]
        for path in candidates:
            if os.path.isfile(path):
                return path
        raise FileNotFoundError("there is no file %s (looked in %s)" % (name, ", ".join(sorted({self._shown(os.path.dirname(p)) for p in candidates}))))

    def _shown(self, path):
        if not path:
            return ""
        real = os.path.realpath(path)
        inside = os.path.relpath(real, self._root)
        return real if inside.startswith("..") else inside

    def _describe(self, task, context):
        path, line = source_of(task)
        check = task.check_mode
        action = resolved(task)
        args = task.args if isinstance(task.args, dict) else {}
        entry = {
            "ev": "lint_task",
            "play": str(context.play.get_name()),
            "playNumber": context.number,
            "task": {
                "id": "%d" % (len(self._found) + 1),
                "name": str(task.get_name()).strip(),
                "action": action,
                "tags": sorted({str(tag) for tag in flatten(task.tags)}),
                "role": task._role.get_name() if task._role else None,
                "file": self._shown(path),
                "line": line,
                "handler": isinstance(task, Handler),
                "checkMode": not is_false(check),
                "noLog": task.no_log is True,
                "notify": [str(name) for name in flatten(task.notify or [])],
            },
        }
        if context.include is not None:
            entry["include"] = context.include
        listen = [str(name) for name in flatten(getattr(task, "listen", None) or [])]
        if listen:
            entry["listen"] = listen
        if any(name in args for name in CONDITIONAL_RUN):
            entry["conditionalRun"] = True
        changed = task.changed_when
        if isinstance(changed, (list, tuple)) and len(changed) == 1:
            changed = changed[0]
        if is_false(changed) and changed is not None:
            entry["neverChanged"] = True
        registers = [str(task.register)] if task.register else []
        if action in SET_FACT:
            registers += [str(name) for name in args if name not in ("cacheable", "_raw_params")]
        if registers:
            entry["registers"] = registers
        return entry

    def _name_uses(self):
        """Says for each task which registered names stand in it, so that a reader can be told whose result it needs."""
        names = {name for entry, dummy in self._found for name in entry.get("registers", ())}
        if not names:
            return
        pattern = re.compile(r"(?<![\w.])(%s)(?!\w)" % "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True)))
        for entry, task in self._found:
            uses = sorted(set(pattern.findall(written(task))) - set(entry.get("registers", ())))
            if uses:
                entry["uses"] = uses


class Context:
    """Where a task is found: its play, the dynamic include that brings it, and the includes around that."""

    def __init__(self, number, play, path=(), include=None):
        self.number = number
        self.play = play
        self.path = path
        self.include = include

    def within(self, key, include):
        return Context(self.number, self.play, self.path + (key,), include)


def source_of(task):
    place = task.get_path() or ""
    path, dummy, line = place.rpartition(":")
    return (path, int(line)) if path and line.isdigit() else (place, 0)


def written(task):
    """The expressions that stand in a task itself, as one text. Not its parents', and no plain words, which may look like a name."""
    args = task.args if isinstance(task.args, dict) else {}
    bare = [task.when, task.until, task.changed_when, task.failed_when, args.get("that"), args.get("var")]
    templated = [task.args, task.loop, task.vars, task.environment, task.delegate_to]
    text = json.dumps(templated, default=str)
    return json.dumps(bare, default=str) + " ".join(TEMPLATE.findall(text))


def resolved(task):
    # A plain attribute on some versions and a property that warns on others: ask for the hidden one first.
    for name in ("_resolved_action", "resolved_action"):
        value = getattr(task, name, None)
        if value:
            return str(value)
    # Includes and local_action are not resolved before 2.19.
    action = str(task.action)
    if "." in action or TEMPLATE.search(action):
        return action
    if isinstance(task, TaskInclude):
        return "ansible.builtin." + action
    context = module_loader.find_plugin_with_context(action, collection_list=task.collections)
    return str(context.resolved_fqcn or action) if context.resolved else action


def load_yaml(loader, path):
    try:
        return loader.load_from_file(path, trusted_as_template=True)
    except TypeError:
        # Before 2.19 every file was trusted.
        return loader.load_from_file(path)


def flatten(value):
    for item in value if isinstance(value, (list, tuple, set)) else [value]:
        if isinstance(item, (list, tuple, set)):
            yield from flatten(item)
        else:
            yield item


def is_false(value):
    return value is False or (isinstance(value, str) and value.strip().lower() in ("false", "no", "off", "n", "f", "0"))


def first_line(ex):
    return str(ex).strip().split("\n", 1)[0]
