# SPDX-License-Identifier: GPL-3.0-or-later
"""What a task is written to do at every run, as fields of a `lint_task` event: what a look will always find wanting, or never see."""
from __future__ import annotations

import json
import re

from . import describe, foresight

# Writes all of a file, and its argument that names it; the others change a part of one.
WHOLE = {'copy': 'dest', 'template': 'dest', 'assemble': 'dest', 'get_url': 'dest'}
PART = {'lineinfile': 'path', 'blockinfile': 'path', 'replace': 'path', 'ini_file': 'path'}
OLD_NAMES = ('dest', 'destfile', 'name')
SERVICES = {'service', 'systemd', 'systemd_service', 'sysvinit', 'win_service'}
TEMPLATE = re.compile(r'\{[{%]')
# The lookup makes the file where it is not there.
PASSWORD = re.compile(r"""(?:lookup|query|q)\(\s*['"](?:ansible\.builtin\.)?password['"]\s*,\s*['"]([^'"/ ][^'" ]*)""")


def of(task, action, args):
    short = action.rpartition('.')[2]
    out = {}
    reason = _always(task, short, args)
    if reason:
        out['notIdempotent'] = reason
    if task.run_once is True:
        out['runOnce'] = True
    hidden = foresight.hides(task)
    if hidden:
        out['unforeseen'] = hidden
    written = _written(task, short, args)
    if written:
        out['writes'] = written
    left = _left(task, short, args)
    if left:
        out['relativePath'] = left
    return out


def _always(task, short, args):
    conditional = bool(task.when)
    if task.async_val and task.poll == 0:
        return 'it is started in the background (poll: 0): what comes of it is not waited for'
    if describe.written(task, 'check_mode') is True:
        return 'it has check_mode: true, so it never changes what it finds wanting'
    if describe.is_handler(task) or conditional:
        return None
    if short in SERVICES and args.get('state') in ('restarted', 'reloaded'):
        return 'state: %s does so at every run' % args['state']
    if short in ('reboot', 'win_reboot'):
        return 'it reboots at every run'
    return None


def _written(task, short, args):
    """A file that it writes in any case, where its name is literal."""
    name = WHOLE.get(short) or PART.get(short)
    if name is None or task.when or task.loop is not None or task.loop_with or task.delegate_to:
        return None
    path = next((args[key] for key in (name,) + OLD_NAMES if args.get(key)), None)
    if not isinstance(path, str) or TEMPLATE.search(path) or args.get('force') in (False, 'no', 'false') or args.get('state') == 'absent':
        return None
    return {'path': path, 'whole': short in WHOLE}


def _left(task, short, args):
    """A path beside the playbook that it writes: the tree of a commit does not keep it."""
    here = short == 'fetch' or (short in WHOLE and task.delegate_to in ('localhost', '127.0.0.1'))
    path = args.get('dest') if here else None
    if isinstance(path, str) and path[:1] not in ('/', '~', '{'):
        return path
    found = PASSWORD.search(json.dumps([task.args, task.vars], default=str).replace('\\"', '"'))
    return found.group(1) if found else None
