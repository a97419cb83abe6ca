# SPDX-License-Identifier: GPL-3.0-or-later
"""What a task has to tell patchrun: its result as JSON, where its `vars` hold `patchrun_report: NAME`."""
from __future__ import annotations

import json

from . import describe

VARIABLE = 'patchrun_report'
# Of the JSON text, which is ASCII: as a value in a line it at most doubles.
CHUNK = 200 * 1024
LARGEST = 64 * 1024 * 1024


class Unreadable(ValueError):
    """The result is no report; in words why."""


def name_of(task):
    """None, or the report that the task itself gives: what it inherits from a block or a role does not count."""
    own = task.vars if isinstance(task.vars, dict) else {}
    return describe.cut(str(own[VARIABLE]), describe.NAME_MAX) if VARIABLE in own else None


def tell(channel, host, task, data, clean):
    """Sends the report of a result, where its task gives one."""
    name = name_of(task)
    if name is not None:
        for part in parts_of(task, data, clean):
            channel.send('report', host=host, task=str(task._uuid), name=clean(name), **part)


def parts_of(task, data, clean):
    """The fields of each `report` event of a result. Of a loop it is the list of what its items gave."""
    try:
        text = _text(task, data, clean)
    except Unreadable as error:
        return [{'part': 1, 'parts': 1, 'text': '', 'error': clean(str(error))}]
    chunks = [text[at:at + CHUNK] for at in range(0, len(text), CHUNK)]
    return [{'part': at, 'parts': len(chunks), 'text': chunk} for at, chunk in enumerate(chunks, 1)]


def _text(task, data, clean):
    items = data.get('results')
    if (task.loop is not None or task.loop_with) and isinstance(items, (list, tuple)):
        value = [_value(one) for one in items if not one.get('skipped')]
    else:
        value = _value(data)
    try:
        text = _dump(value)
        if clean(text) != text:
            # Masks may not fall on what makes it JSON.
            text = _dump(_clean(value, clean))
    except (TypeError, ValueError, RecursionError) as error:
        raise Unreadable('it can not be written as JSON: %s' % error) from error
    if len(text) > LARGEST:
        raise Unreadable('it has %d bytes, and %d are the most' % (len(text), LARGEST))
    return text


def _value(data):
    for key in ('stdout', 'msg'):
        if key in data:
            value = data[key]
            return _parse(key, value) if isinstance(value, str) else value
    raise Unreadable('the task gave neither stdout nor msg')


def _parse(key, text):
    if not text.strip():
        raise Unreadable('its %s is empty' % key)
    if len(text) > LARGEST:
        raise Unreadable('its %s has %d characters, and %d are the most' % (key, len(text), LARGEST))
    try:
        return json.loads(text, parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        raise Unreadable('its %s is no JSON: %s; it begins with %s'
                         % (key, error, json.dumps(describe.cut(text.strip(), 100)))) from error


def _refuse(word):
    raise ValueError('%s is no value of JSON' % word)


def _dump(value):
    return json.dumps(value, separators=(',', ':'), ensure_ascii=True, allow_nan=False, default=str)


def _clean(value, clean):
    if isinstance(value, dict):
        return {clean(str(key)): _clean(inner, clean) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_clean(inner, clean) for inner in value]
    if value is None or isinstance(value, bool):
        return value
    text = str(value)
    cleaned = clean(text)
    return value if isinstance(value, (int, float)) and cleaned == text else cleaned
