# SPDX-License-Identifier: GPL-3.0-or-later
"""Ansible's objects as the plain values of an event. Holds what differs between the versions of ansible-core."""
from __future__ import annotations

import os
import re

from . import suggested

TEXT_MAX = 4096
DIFF_MAX = 16384
ITEM_MAX = 512
NAME_MAX = 512

# Result keys that say a condition, not check mode, skipped the task.
_CONDITION = ('skip_reason', 'skipped_reason', 'false_condition')
_NOT_CHECK = re.compile(r'matching (creates|removes) option|All items skipped|Verbosity threshold', re.I)
# ansible-core 2.14 says it in words only; later ones have the key `timedout`.
_TIMEOUT = re.compile(r'failed to execute in the expected time frame')


def cut(text, limit, keep_end=False):
    if len(text) <= limit:
        return text
    return '...' + text[-(limit - 3):] if keep_end else text[:limit - 3] + '...'


def result_of(result):
    """The result as it is, but for no_log. From 2.22 on Ansible masks decrypted values before a callback sees it: a value such as `ch` or 12 takes `changed` and
    the digits of a JSON text away. What we tell of it is masked by us (redact.py), and knows Ansible's own register of secrets."""
    unified = _unified(result)
    if not hasattr(unified, 'as_result_dict'):
        data = getattr(result, 'result', None)
        return data if data is not None else result._result
    no_log = bool(part(result, 'task').no_log or getattr(unified, 'no_log', None))
    return _with_skips(unified, unified.as_result_dict(for_callback=True, censor_callback_result=no_log))


def _unified(result):
    """What a result is made from since 2.21; None before."""
    return getattr(result, '_CallbackTaskResult__utr', None)


def _with_skips(unified, data):
    """From 2.21 on the items of a loop no longer say `skipped`: only what they are made from does."""
    for one, made_from in zip(data.get('results') or (), getattr(unified, 'loop_results', None) or ()):
        if getattr(made_from, 'skipped', None):
            one['skipped'] = True
    return data


def fields_of(result):
    """What its task was given. The name without the underscore warns since 2.21, and goes in 2.24."""
    fields = getattr(result, '_task_fields', None)
    return fields if fields is not None else part(result, 'task').dump_attrs()


def part(result, name):
    """task, host: public since 2.19, with an underscore before."""
    found = getattr(result, name, None)
    return found if found is not None else getattr(result, '_' + name)


def tags_of(task):
    seen = {}
    counted = suggested.of(task)
    for tag in [*(task.tags or []), *([counted] if counted else [])]:
        for one in str(tag).split(','):
            seen[one.strip()] = True
    seen.pop('', None)
    return list(seen)


def place_of(task, root):
    path = task.get_path() or ''
    file, _, line = path.rpartition(':')
    if not file or not line.isdigit():
        file, line = path, '0'
    return inside(file, root), int(line)


def inside(path, root):
    """Relative to `root` where it lies below it, as it is otherwise."""
    if not path or not root:
        return path
    below = os.path.relpath(os.path.realpath(path), root)
    return path if below.startswith('..') else below


def written(task, name):
    """A keyword as it stands on the task or on a block around it: Ansible puts the value of a template in its place, and the default where there is none."""
    while task is not None:
        data = getattr(task, '_ds', None)
        if isinstance(data, dict) and name in data:
            return data[name]
        task = getattr(task, '_parent', None)
    return None


def names(value):
    if value is None:
        return []
    if isinstance(value, (list, tuple, set)):
        return [str(one) for one in value]
    return [str(value)]


LOCALHOST = ('localhost', '127.0.0.1', '::1')


def is_local(play):
    """For the machine that Ansible runs on, and nothing else."""
    wanted = [one.strip() for name in names(play.hosts) for one in name.split(',') if one.strip()]
    return bool(wanted) and all(one in LOCALHOST for one in wanted)


def is_handler(task):
    return any(cls.__name__ == 'Handler' for cls in type(task).__mro__)


def is_include(task):
    return any(cls.__name__ == 'TaskInclude' for cls in type(task).__mro__)


def name_of(task, redact=str):
    return cut(redact(str(task.get_name())), NAME_MAX)


def is_false(value):
    return value is False or (isinstance(value, str) and value.strip().lower() in ('false', 'no', 'off', 'n', 'f', '0'))


def never_changed(task):
    """Says changed_when: false."""
    value = task.changed_when
    return is_false(value[0] if isinstance(value, (list, tuple)) and len(value) == 1 else value)


def task_info(task, root, redact):
    file, line = place_of(task, root)
    role = getattr(task, '_role', None)
    return {
        'id': str(task._uuid),
        'name': name_of(task, redact),
        'action': str(getattr(task, 'resolved_action', None) or task.action),
        'tags': tags_of(task),
        'role': str(role.get_name()) if role else None,
        'file': file,
        'line': line,
        'handler': is_handler(task),
        'checkMode': task.check_mode is True,
        'noLog': bool(task.no_log),
        'neverChanged': never_changed(task),
        'notify': [redact(name) for name in names(task.notify)],
    }


def unpredicted(data, check):
    """Skipped because the module cannot run in check mode, rather than by a condition.

    no_log hides the reason as well; then it counts as unpredicted, so that no blind spot stays unnamed.
    """
    if 'censored' in data:
        return check
    if not check or not data.get('skipped', True) or any(key in data for key in _CONDITION):
        return False
    inner = data.get('results')
    if isinstance(inner, (list, tuple)):
        return any(isinstance(one, dict) and one.get('skipped') and unpredicted(one, check) for one in inner)
    return not _NOT_CHECK.search(str(data.get('msg', '')))


def hidden(data, fields):
    """Under no_log."""
    return fields.get('no_log') is True or data.get('_ansible_no_log') is True or 'censored' in data


def timed_out(data, task, elapsed):
    """Ended by its time-out. Under no_log Ansible takes that away, too: then how long it took says so, unless there were several."""
    if 'timedout' in data or _TIMEOUT.search(str(data.get('msg') or '')):
        return True
    # Each item of a loop, and each attempt, has the whole time for itself.
    single = task.loop is None and not task.loop_with and data.get('attempts') in (None, 1)
    return 'censored' in data and single and isinstance(task.timeout, int) and 0 < task.timeout <= elapsed


def result_fields(data, fields, failed, callback, redact, max_text=TEXT_MAX):
    """The optional fields of a result event. Nothing of its content under no_log."""
    out = {}
    delegated = fields.get('delegate_to')
    if delegated:
        out['delegatedTo'] = str(delegated)
    # An include that could not be loaded gives a reason.
    raw = str(data.get('msg') or data.get('reason') or '')
    if hidden(data, fields):
        return out
    variable = data.get('ansible_loop_var')
    if variable in data or '_ansible_item_label' in data:
        out['item'] = cut(redact(str(callback._get_item_label(data))), ITEM_MAX)
    if raw:
        out['msg'] = cut(redact(raw), max_text)
    # A `validate` that failed has a name of its own for it.
    code = data.get('rc', data.get('exit_status'))
    if isinstance(code, int):
        out['rc'] = int(code)
    if failed:
        stderr = str(data.get('stderr') or data.get('module_stderr') or '')
        if stderr:
            out['stderr'] = cut(redact(stderr), max_text, keep_end=True)
    if data.get('diff') and (data.get('changed') or failed):
        diff = str(callback._get_diff(data['diff']) or '')
        if diff.strip():
            out['diff'] = cut(redact(diff), DIFF_MAX)
    return out


def outcome(ev, data, fields, task, elapsed, callback, redact):
    """The optional fields of any result. Never raises: an odd result must not hide that there was one."""
    failed = ev in ('failed', 'unreachable', 'item_failed', 'retry')
    check = task.check_mode is True or fields.get('check_mode') is True
    try:
        out = result_fields(data, fields, failed, callback, redact)
        if failed and timed_out(data, task, elapsed):
            out['timedOut'] = True
        if ev in ('skipped', 'item_skipped') and unpredicted(data, check) and not is_include(task):
            out['unpredicted'] = True
        return out
    except Exception as error:
        return {'msg': '(patchrun could not describe this result: %s)' % type(error).__name__}
