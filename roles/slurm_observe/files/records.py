# SPDX-License-Identifier: Apache-2.0
# Lines that Slurm's commands print, as values, and what the words of a node say. The scripts of the slurm_* roles begin with this one.
# Python 3.6 or newer, standard library only.
import re
import time
from functools import lru_cache

OUT = {'DRAIN', 'DOWN', 'FAIL', 'ERROR'}
BUSY = {'ALLOCATED', 'MIXED', 'COMPLETING'}
# Somebody asked Slurm to reboot the node.
REBOOTING = {'REBOOT_REQUESTED', 'REBOOT_ISSUED'}
# What Slurm itself writes as a reason.
SLURM_SAYS = re.compile(r'(Prolog|Epilog|Kill task|Not responding|Node .*(rebooted|responding)|Low |gres/|[Bb]atch job|Duplicate|slurmd|ResumeTimeout|reboot|Node config)')
# What it adds to the reason of a drain, where the node is at fault. That it was silent or rebooted meanwhile is none.
FAULT = re.compile(r'(Prolog|Epilog|Kill task|Low |gres/|[Bb]atch job|Duplicate|Node config)')
# Signs that older releases put after a state, instead of a word.
SIGNS = {'*': 'NOT_RESPONDING', '~': 'POWERED_DOWN', '#': 'POWERING_UP', '%': 'POWERING_DOWN', '!': 'POWER_DOWN',
         '$': 'MAINTENANCE', '@': 'REBOOT_ISSUED', '^': 'REBOOT_REQUESTED', '-': 'PLANNED'}
# What cannot stand in a job's name on a command line by accident; the name is the last field.
RECORD, FIELD = '\x1e', '\x1f'


# Where texts begin that people wrote. What is read of a node besides comes before them, and may stand in them as well.
TEXTS = (' Reason=', ' Comment=', ' Extra=')
SIGNED = re.compile(r' \[([^\[\]@\s]+)@([^\[\]@\s]+)\](?=\s+[A-Z][A-Za-z]*=|\s*$)')
NEXT = re.compile(r'\s+[A-Z][A-Za-z]*=')


def field(line, mark):
    """The value behind ' Name=', or ''. Each line of thousands is read for a dozen of them: no expression is as quick."""
    value = line.partition(mark)[2].partition(' ')[0]
    return '' if value in ('(null)', 'N/A') else value


@lru_cache(maxsize=None)
def words_of(state):
    """Thousands of nodes have the same few."""
    words = []
    for word in state.split('+'):
        name = word.rstrip(''.join(SIGNS))
        words += [name] + [SIGNS[sign] for sign in word[len(name):]]
    return tuple(words)


def reason_of(text):
    """(reason, by whom, when) of what stands behind Reason=."""
    for mark in TEXTS[1:]:
        text = text.partition(mark)[0]
    signed = SIGNED.search(text)
    if signed:
        return text[:signed.start()], signed.group(1), signed.group(2)
    more = NEXT.search(text) if '=' in text else None
    return text[:more.start()] if more else text.rstrip(), None, None


def node_of(line):
    """A node as a report tells it, from a line of `scontrol -o show node`. `_line` is for the roles themselves: told() leaves it out."""
    whole = line = ' ' + line
    for mark in TEXTS:
        line = line.partition(mark)[0]
    text = whole[len(line):]
    reason, by, at = reason_of(text[len(TEXTS[0]):]) if text.startswith(TEXTS[0]) else ('', None, None)
    return {
        'name': field(line, ' NodeName='), 'state': words_of(field(line, ' State=')), 'reason': reason, 'reasonBy': by, 'reasonAt': seconds(at),
        'features': listed(field(line, ' ActiveFeatures=')), 'partitions': listed(field(line, ' Partitions=')),
        'cpus': int(field(line, ' CPUTot=') or 0), 'allocated': int(field(line, ' CPUAlloc=') or 0), 'boot': seconds(field(line, ' BootTime=')),
        '_line': line,
    }


def available_of(node):
    return listed(field(node['_line'], ' AvailableFeatures='))


def host_of(node):
    return field(node['_line'], ' NodeHostName=')


def is_ours(node, prefix):
    """A drain of ours. Releases up to 25.11 keep a reason when its drain has gone, and add to it when the node goes down: then it says nothing."""
    return 'DRAIN' in node['state'] and node['reason'].startswith(prefix)


def added(node, prefix):
    """What Slurm has added to a reason of ours."""
    return node['reason'][len(prefix):].partition(' : ')[2]


def is_refused(node):
    """Slurm itself has drained it, and put its words in the place of the reason that was there: it found less than is configured, or a fault."""
    return 'DRAIN' in node['state'] and ('INVALID_REG' in node['state'] or SLURM_SAYS.match(node['reason']) is not None)


def at_fault(node, prefix):
    return FAULT.match(added(node, prefix)) is not None if is_ours(node, prefix) else is_refused(node)


def taken_out(node):
    return 'Slurm has taken the node out (%s): %s' % ('+'.join(node['state']), node['reason'] or 'no reason')


def job_of(record):
    job, shown, user, state, nodes, start, limit, end, cpus, name = record.rstrip('\n').split(FIELD, 9)
    most = duration(limit)
    return {'id': job, 'array': shown if '_' in shown else None, 'user': user, 'name': name, 'state': state, 'nodes': expand(nodes),
            'start': seconds(start), 'limit': most, 'end': None if most is None else seconds(end), 'cpus': int(cpus or 0)}


def reservation_of(line):
    line = ' ' + line
    return {'name': field(line, ' ReservationName='), 'nodes': expand(field(line, ' Nodes=')), 'start': seconds(field(line, ' StartTime=')),
            'end': seconds(field(line, ' EndTime=')), 'flags': listed(field(line, ' Flags=')), 'users': listed(field(line, ' Users='))}


@lru_cache(maxsize=None)
def listed(text):
    return tuple(part for part in text.split(',') if part)


def seconds(text):
    """A time as Slurm writes it, or None."""
    # "None" and "Unknown" come by the thousand.
    if not text or not text[0].isdigit():
        return None
    try:
        return int(text) if text.isdigit() else int(time.mktime(time.strptime(text, '%Y-%m-%dT%H:%M:%S')))
    except ValueError:
        return None


def duration(text):
    """[days-]hours:minutes:seconds or minutes:seconds in seconds; None is no limit."""
    found = re.match(r'(?:(\d+)-)?(?:(\d+):)?(\d+):(\d+)$', text)
    if not found:
        return None
    days, hours, minutes, rest = (int(part or 0) for part in found.groups())
    # Slurm gives a year to a task of an array that has no limit.
    return None if days >= 365 else ((days * 24 + hours) * 60 + minutes) * 60 + rest


EXPANDED = {}


def expand(text):
    """node[01-03,7]x,login -> names. Many jobs have the same list."""
    if text not in EXPANDED:
        EXPANDED[text] = [name for part in re.findall(r'(?:[^,\[\]]|\[[^\]]*\])+', text) if part != '(null)' for name in expand_one(part)]
    return EXPANDED[text]


def expand_one(part):
    found = re.match(r'([^\[]*)\[([^\]]*)\](.*)$', part)
    if not found:
        return [part]
    head, ranges, rest = found.groups()
    numbers = []
    for item in ranges.split(','):
        first, _, last = item.partition('-')
        numbers += [str(n).zfill(len(first)) for n in range(int(first), int(last or first) + 1)]
    return [head + number + tail for number in numbers for tail in expand_one(rest)]
