# SPDX-License-Identifier: Apache-2.0
# Follows slurm.py. Sets DRAIN with our reason, and leaves alone what somebody else has taken out. Where it is told to, it waits a while
# for the nodes to be empty.

RETRY_FOR = 5.0


def drain(settings):
    names, refused, set_now = settings['nodes'], '', set()
    # Close before the change: what somebody else sets in between cannot be told from it afterwards.
    seen = states(settings, names)
    until = time.monotonic() + RETRY_FOR
    results = judge(settings, seen)
    while True:
        todo = [name for name in names if results[name]['result'] == 'open']
        if todo and not settings['check']:
            refused = set_drain(settings, todo)
            set_now.update(todo)
        # What is told is what was there after the drain took hold.
        found = look(settings, names)
        if settings['check']:
            set_now.update(todo)
            results.update({name: {'result': 'drained', 'message': 'would be drained'} for name in todo})
            break
        results = judge(settings, found[0], results)
        still = [name for name in names if results[name]['result'] == 'open']
        if not still:
            if settings['idle'] and open_again(settings, busy(found, [name for name in set_now if results[name]['result'] == 'drained'])):
                found = look(settings, names)
                outrun(results, found, set_now)
            elif wait_for_empty(settings, [name for name in names if results[name]['result'] == 'drained']):
                found = look(settings, names)
                results = judge(settings, found[0], results)
            break
        if time.monotonic() > until:
            for name in still:
                results[name] = {'result': 'refused', 'message': refused or 'slurmctld took the drain, and the node does not show it'}
            break
        time.sleep(0.1)
    if set_now:
        sys.stderr.write('changed\n')
    told(False, found, results)


def busy(found, names):
    nodes, jobs, _ = found
    held = {name for job in jobs for name in job['nodes']}
    return [name for name in names if name in held or not BUSY.isdisjoint(nodes[name]['state'])]


def open_again(settings, names):
    """Takes back drains that were set a moment ago. Whether there was one."""
    for name in names:
        scontrol(settings, 'update', 'nodename=' + name, 'state=undrain')
    return bool(names)


def outrun(results, found, names):
    """A job came first. Where Slurm kept the drain, it holds."""
    for name in names:
        if results[name]['result'] == 'drained' and OUT.isdisjoint(found[0].get(name, {'state': OUT})['state']):
            results[name] = {'result': 'outrun', 'message': 'a job came before the drain, which was taken back'}


def wait_for_empty(settings, names):
    """Until no job is on them, or one reads as it should not, or the time is over. Whether there was anything to wait for."""
    until = time.monotonic() + settings['wait']
    parent, waited = os.getppid(), False
    while names and time.monotonic() < until and os.getppid() == parent:
        now = states(settings, names)
        if len(now) < len(names) or any('DRAIN' not in node['state'] for node in now.values()):
            return True
        # A suspended job holds a node that reads idle.
        if all(BUSY.isdisjoint(node['state']) for node in now.values()) and not look(settings, names)[1]:
            return waited
        waited = True
        time.sleep(min(settings['interval'], max(0.0, until - time.monotonic())))
    return waited


def judge(settings, nodes, before=None):
    """What is so of each node; `open`: to be drained."""
    results = {}
    for name in settings['nodes']:
        node = nodes.get(name)
        if node is None:
            results[name] = {'result': 'unknown', 'message': 'Slurm has no node of this name; correct scheduler.names or the inventory'}
        elif OUT.isdisjoint(node['state']):
            results[name] = {'result': 'open', 'message': ''}
        elif not is_ours(node, settings['prefix']):
            # What we hold, and Slurm refuses, is still ours: a change may mend it. Whether it may be given back is asked then.
            held = name in settings['held'] and is_refused(node)
            # Also when it came after our own drain.
            results[name] = {'result': 'open', 'message': ''} if held else {'result': 'foreign', 'message': '%s: %s' % ('+'.join(node['state']), node['reason'])}
        elif at_fault(node, settings['prefix']):
            results[name] = {'result': 'failed', 'message': taken_out(node)}
        elif (node['reason'].strip() + ' : ').startswith(settings['reason'].strip() + ' : '):
            results[name] = {'result': 'drained', 'message': ''}
        else:
            results[name] = {'result': 'open', 'message': ''}
        # Once somebody else's, it stays so in this task.
        if before and before[name]['result'] == 'foreign':
            results[name] = before[name]
    return results


def set_drain(settings, names):
    """All at once; where that is refused, one by one. Returns what was said against it."""
    worked, said = scontrol(settings, 'update', 'nodename=' + ','.join(names), 'state=drain', 'reason=' + settings['reason'])
    if worked:
        return ''
    if len(names) == 1:
        return said
    return '; '.join(text for text in (set_drain(settings, [name]) for name in names) if text)
