# SPDX-License-Identifier: Apache-2.0
# Asks Slurm by its own commands and reads their text. The scripts of the slurm_* roles begin with this one.
# Python 3.6 or newer, standard library only.
import json
import os
import re
import subprocess
import sys
import tempfile
import time

OUT = {'DRAIN', 'DOWN', 'FAIL', 'ERROR'}
BUSY = {'ALLOCATED', 'MIXED', 'COMPLETING'}
# Jobs in these states hold nodes, or are about to.
HOLDING = 'RUNNING,COMPLETING,SUSPENDED,CONFIGURING,STOPPED,RESIZING,SIGNALING,STAGE_OUT'
# Signs that older releases put after a state, instead of a word.
SIGNS = {'*': 'NOT_RESPONDING', '~': 'POWERED_DOWN', '#': 'POWERING_UP', '%': 'POWERING_DOWN', '!': 'POWER_DOWN',
         '$': 'MAINTENANCE', '@': 'REBOOT_ISSUED', '^': 'REBOOT_REQUESTED', '-': 'PLANNED'}
# What cannot stand in a job's name on a command line by accident; the name is the last field.
RECORD, FIELD = '\x1e', '\x1f'
# Jobs in these states ran as long as they wanted to, or as they were let.
ENDED = 'COMPLETED,FAILED,TIMEOUT,NODE_FAIL,OUT_OF_MEMORY'
# What the test job before a node is given back is called.
TEST_NAME = 'patchrun_test'
JOB_FORMAT = RECORD + FIELD.join(['%A', '%i', '%u', '%T', '%N', '%S', '%l', '%e', '%C', '%j'])


class Away(Exception):
    """Slurm cannot be asked: nothing may be concluded."""


class Command:
    """A command that runs beside us. Its output goes to files, so that no pipe fills up."""

    def __init__(self, argv, settings, env=None):
        self.argv = argv
        self.limit = time.monotonic() + settings['timeout']
        self.out, self.err = tempfile.TemporaryFile(), tempfile.TemporaryFile()
        path = os.path.join(settings['bin'], argv[0]) if settings['bin'] else argv[0]
        try:
            self.process = subprocess.Popen([path] + argv[1:], stdin=subprocess.DEVNULL, stdout=self.out, stderr=self.err,
                                            env=dict(clean_environment(), **(env or {})))
        except OSError as error:
            raise Away('slurmctld cannot be asked: %s: %s; install the Slurm client commands there, or set slurm_bin' % (path, error.strerror))

    def texts(self):
        texts = []
        for file in (self.out, self.err):
            file.seek(0)
            texts.append(file.read().decode('utf-8', 'replace'))
        return texts

    def wait(self):
        """(code, stdout, stderr); a command that takes too long is killed."""
        pause = 0.0005
        while self.process.poll() is None:
            if time.monotonic() > self.limit:
                self.process.kill()
                self.process.wait()
                raise Away('slurmctld does not answer: nothing from %s in time' % ' '.join(self.argv[:4]))
            # Shorter than the pauses of wait(timeout=...): most answers come within 10 ms.
            time.sleep(pause)
            pause = min(pause * 1.5, 0.01)
        code = self.process.returncode
        return (code,) + tuple(self.texts())


def clean_environment():
    """Without what would change how Slurm's commands write, and with times as epoch seconds."""
    env = {key: value for key, value in os.environ.items()
           if key in ('SLURM_CONF', 'SLURM_JWT') or not re.match('(SLURM|SQUEUE|SINFO|SCONTROL|SRUN|SALLOC|SBATCH)_', key)}
    env.update(LC_ALL='C', SLURM_TIME_FORMAT='%s')
    return env


def answer(command):
    """The text of a command that only looks. That a name is not known is an answer, too."""
    code, out, err = command.wait()
    # Before its last word a client that gets no answer says so for each try.
    lines = [line for line in err.splitlines() if line.strip() and 'not found' not in line]
    if code != 0 and (lines or 'not found' not in out + err):
        raise Away('slurmctld does not answer: %s: %s' % (' '.join(command.argv[:4]), (lines or ['exit code %d' % code])[-1]))
    return out


def scontrol(settings, *args):
    """A change: (worked, what scontrol said)."""
    code, out, err = Command(['scontrol'] + list(args), settings).wait()
    if 'Unable to contact slurm controller' in err:
        raise Away('slurmctld does not answer: scontrol %s: %s' % (args[0], err.strip().splitlines()[-1]))
    return code == 0, (err.strip() or out.strip()).replace('\n', '; ')


def look(settings, names=None, jobs=True):
    """(nodes by name, jobs, reservations) at one time; without names all of them."""
    some = [] if names is None else [','.join(names)]
    asked = [Command(['scontrol', '-a', '-o', 'show', 'node'] + some, settings),
             Command(['scontrol', '-a', '-o', 'show', 'reservation'], settings)]
    if jobs:
        asked.append(Command(['squeue', '-a', '-h', '-t', HOLDING, '-o', JOB_FORMAT], settings))
    texts = [answer(command) for command in asked]
    nodes = {}
    for node in (node_of(line) for line in texts[0].splitlines() if line.startswith('NodeName=')):
        nodes[node['name']] = node
    reservations = [reservation_of(line) for line in texts[1].splitlines() if line.startswith('ReservationName=')]
    held = [job_of(record) for record in texts[2].split(RECORD) if record.count(FIELD) >= 9] if jobs else []
    if names is not None:
        held = [job for job in held if not nodes.keys().isdisjoint(job['nodes'])]
    return nodes, held, reservations


def ended(settings):
    """How long jobs ran that Slurm still remembers (MinJobAge), s: what running ones may do."""
    most = 500
    out = answer(Command(['squeue', '-a', '-h', '-t', ENDED, '-o', '%S %e %j'], settings))
    # Our own test jobs are no example.
    times = [(seconds(start), seconds(end)) for start, end, name in (line.split(' ', 2) for line in out.splitlines() if line.count(' ') > 1)
             if name != TEST_NAME]
    times = [end - start for start, end in times if start is not None and end is not None and end >= start]
    return times[::len(times) // most + 1]


def states(settings, names):
    """Only the nodes: the cheapest look there is."""
    out = answer(Command(['scontrol', '-a', '-o', 'show', 'node', ','.join(names)], settings))
    return {node['name']: node for node in (node_of(line) for line in out.splitlines() if line.startswith('NodeName='))}


def field(line, name):
    found = re.search(r'(?:^|\s)%s=(\S*)' % name, line)
    return '' if not found or found.group(1) in ('(null)', 'N/A') else found.group(1)


# Texts of other people follow it, and may look as it does.
REASON = r'\sReason=((?:(?!\s(?:Comment|Extra)=).)*?)'
# What may stand behind it: the next field, or nothing.
NEXT = r'(?=\s+[A-Z][A-Za-z]*=|\s*$)'


def node_of(line):
    reason = re.search(REASON + r' \[([^\[\]@\s]+)@([^\[\]@\s]+)\]' + NEXT, line) or re.search(REASON + NEXT, line)
    text, by, at = (reason.groups() + (None, None))[:3] if reason else ('', None, None)
    words = []
    for word in field(line, 'State').split('+'):
        name = word.rstrip(''.join(SIGNS))
        words += [name] + [SIGNS[sign] for sign in word[len(name):]]
    return {
        'name': field(line, 'NodeName'), 'state': words, 'reason': text, 'reasonBy': by, 'reasonAt': seconds(at),
        'features': listed(field(line, 'ActiveFeatures')), 'partitions': listed(field(line, 'Partitions')),
        'cpus': int(field(line, 'CPUTot') or 0), 'allocated': int(field(line, 'CPUAlloc') or 0), 'boot': seconds(field(line, 'BootTime')),
        # For the roles themselves; told() leaves these out.
        '_available': listed(field(line, 'AvailableFeatures')), '_host': field(line, 'NodeHostName'),
    }


def job_of(record):
    job, shown, user, state, nodes, start, limit, end, cpus, name = record.rstrip('\n').split(FIELD, 9)
    most = duration(limit)
    return {'id': job, 'array': shown if '_' in shown else None, 'user': user, 'name': name, 'state': state, 'nodes': expand(nodes),
            'start': seconds(start), 'limit': most, 'end': None if most is None else seconds(end), 'cpus': int(cpus or 0)}


def reservation_of(line):
    return {'name': field(line, 'ReservationName'), 'nodes': expand(field(line, 'Nodes')), 'start': seconds(field(line, 'StartTime')),
            'end': seconds(field(line, 'EndTime')), 'flags': listed(field(line, 'Flags')), 'users': listed(field(line, 'Users'))}


def listed(text):
    return [part for part in text.split(',') if part]


def seconds(text):
    """A time as Slurm writes it, or None."""
    if text and text.isdigit():
        return int(text)
    try:
        return int(time.mktime(time.strptime(text or '', '%Y-%m-%dT%H:%M:%S')))
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


def told(complete, seen, results=None, ended=None):
    """Prints the report."""
    nodes, jobs, reservations = seen
    report = {'version': 1, 'complete': complete, 'at': round(time.time(), 3),
              'nodes': [{key: value for key, value in node.items() if key[0] != '_'} for node in nodes.values()],
              'jobs': jobs, 'reservations': reservations}
    if results is not None:
        report['results'] = results
    if ended is not None:
        report['ended'] = ended
    sys.stdout.write(json.dumps(report) + '\n')


def begin(work, settings):
    """Runs a role's work. Where Slurm cannot be asked there is a message instead of a report."""
    try:
        work(settings)
    except Away as away:
        sys.exit('%s\nLook at slurmctld and at the way to it (scontrol ping), then try again. Nothing is concluded.' % away)
