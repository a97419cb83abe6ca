# SPDX-License-Identifier: Apache-2.0
# Follows records.py. Asks Slurm by its own commands.
import json
import os
import re
import subprocess
import sys
import time

# Jobs in these states hold nodes, or are about to.
HOLDING = 'RUNNING,COMPLETING,SUSPENDED,CONFIGURING,STOPPED,RESIZING,SIGNALING,STAGE_OUT'
# The same, in releases from this one on.
HOLDING_SINCE = {(25, 11): 'EXPEDITING'}
# Jobs in these states ran as long as they wanted to, or as they were let.
ENDED = 'COMPLETED,FAILED,TIMEOUT,NODE_FAIL,OUT_OF_MEMORY'
# What the test job before a node is given back is called.
TEST_NAME = 'patchrun_test'
JOB_FORMAT = RECORD + FIELD.join(['%A', '%i', '%u', '%T', '%N', '%S', '%l', '%e', '%C', '%j'])


def unnamed_file():
    """In memory where Python can; tempfile takes as long to import as a command of Slurm takes to answer."""
    if hasattr(os, 'memfd_create'):
        return os.fdopen(os.memfd_create('patchrun'), 'w+b')
    import tempfile
    return tempfile.TemporaryFile()


class Away(Exception):
    """Slurm cannot be asked: nothing may be concluded."""


class Command:
    """A command that runs beside us. Its output goes to files, so that no pipe fills up."""

    def __init__(self, argv, settings, env=None):
        self.argv = argv
        self.limit = time.monotonic() + settings['timeout']
        self.out, self.err = unnamed_file(), unnamed_file()
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

    def running(self):
        """Whether it is not through yet; a command that takes too long is killed."""
        if self.process.poll() is not None:
            return False
        if time.monotonic() > self.limit:
            self.process.kill()
            self.process.wait()
            raise Away('slurmctld does not answer: nothing from %s in time' % ' '.join(self.argv[:4]))
        return True

    def wait(self):
        """(code, stdout, stderr)."""
        pause = 0.0005
        while self.running():
            # Shorter than the pauses of wait(timeout=...): most answers come within 10 ms.
            time.sleep(pause)
            pause = min(pause * 1.5, 0.01)
        return (self.process.returncode,) + tuple(self.texts())

    def lines(self):
        """Of stdout, as they come: thousands of nodes are read while the command still writes."""
        at, rest = 0, b''
        while True:
            running = self.running()
            part = os.pread(self.out.fileno(), 1 << 16, at)
            at += len(part)
            lines = (rest + part).split(b'\n')
            rest = lines.pop()
            for line in lines:
                yield line.decode('utf-8', 'replace')
            if not part and not running:
                return
            if not part:
                time.sleep(0.002)


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


def nodes_of(command):
    """By name."""
    nodes = {}
    for line in command.lines():
        if line.startswith('NodeName='):
            node = node_of(line)
            nodes[node['name']] = node
    if command.process.returncode != 0:
        answer(command)
    return nodes


def look(settings, names=None, jobs=True):
    """(nodes by name, jobs, reservations) at one time; without names all of them."""
    some = [] if names is None else [','.join(names)]
    asked = [Command(['scontrol', '-a', '-o', 'show', 'node'] + some, settings),
             Command(['scontrol', '-a', '-o', 'show', 'reservation'], settings)]
    if jobs:
        asked.append(Command(['squeue', '-a', '-h', '-t', holding(settings), '-o', JOB_FORMAT], settings))
    nodes = nodes_of(asked[0])
    reservations = [reservation_of(line) for line in answer(asked[1]).splitlines() if line.startswith('ReservationName=')]
    held = [job_of(record) for record in answer(asked[2]).split(RECORD) if record.count(FIELD) >= 9] if jobs else []
    if names is not None:
        held = [job for job in held if not nodes.keys().isdisjoint(job['nodes'])]
    return nodes, held, reservations


VERSIONS = {}


def version_of(settings):
    """Of the Slurm commands; '' where they do not say. Asked once: slurmctld is not."""
    if settings['bin'] not in VERSIONS:
        found = re.search(r'\d+\.\d+(\.\d+)?', Command(['scontrol', '-V'], settings).wait()[1])
        VERSIONS[settings['bin']] = found.group(0) if found else ''
    return VERSIONS[settings['bin']]


def release_of(settings):
    """(year, month); (0, 0) where they do not say."""
    return tuple(int(part) for part in (version_of(settings) or '0.0').split('.')[:2])


def holding(settings):
    release = release_of(settings)
    return ','.join([HOLDING] + [state for since, state in HOLDING_SINCE.items() if release >= since])


def ask_ended(settings):
    return Command(['squeue', '-a', '-h', '-t', ENDED, '-o', '%S %e %j'], settings)


def ended(asked):
    """How long jobs ran that Slurm still remembers (MinJobAge), s: what running ones may do."""
    most = 500
    out = answer(asked)
    # Our own test jobs are no example.
    times = [(seconds(start), seconds(end)) for start, end, name in (line.split(' ', 2) for line in out.splitlines() if line.count(' ') > 1)
             if name != TEST_NAME]
    times = [end - start for start, end in times if start is not None and end is not None and end >= start]
    return times[::len(times) // most + 1]


def states(settings, names):
    """Only the nodes: the cheapest look there is."""
    return nodes_of(Command(['scontrol', '-a', '-o', 'show', 'node', ','.join(names)], settings))


def told(complete, seen, results=None, ended=None, software=None):
    """Prints the report, and with that the work is done: what was seen is of no further use."""
    nodes, jobs, reservations = seen
    for node in nodes.values():
        del node['_line']
    report = {'version': 1, 'complete': complete, 'at': round(time.time(), 3),
              'nodes': list(nodes.values()), 'jobs': jobs, 'reservations': reservations}
    if results is not None:
        report['results'] = results
    if ended is not None:
        report['ended'] = ended
    if software:
        report['software'] = software
    # Nothing in it holds itself, so json need not look for that.
    sys.stdout.write(json.dumps(report, check_circular=False) + '\n')


def begin(work, settings):
    """Runs a role's work. Where Slurm cannot be asked there is a message instead of a report."""
    try:
        work(settings)
    except Away as away:
        sys.exit('%s\nLook at slurmctld and at the way to it (scontrol ping), then try again. Nothing is concluded.' % away)
