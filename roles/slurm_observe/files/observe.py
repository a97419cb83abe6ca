# SPDX-License-Identifier: Apache-2.0
# Follows slurm.py. Tells the cluster as it is; before that, waits until something happens on the nodes asked for.


def observe(settings):
    if settings['wait'] > 0 and settings['nodes']:
        wait_for_news(settings)
    asked = ask_ended(settings)
    told(True, look(settings), ended=ended(asked), software='Slurm ' + version_of(settings))


def wait_for_news(settings):
    """Until one of the nodes is empty, or reads otherwise than at the beginning, or the time is over."""
    until = time.monotonic() + settings['wait']
    parent = os.getppid()
    before = states(settings, settings['nodes'])
    now = before
    while not news(settings, before, now):
        rest = until - time.monotonic()
        # Whoever asked may be gone.
        if rest <= 0 or os.getppid() != parent:
            return
        time.sleep(min(settings['interval'], rest))
        now = states(settings, settings['nodes'])


def news(settings, before, now):
    if {name: node['state'] for name, node in before.items()} != {name: node['state'] for name, node in now.items()}:
        return True
    idle = [name for name, node in now.items() if BUSY.isdisjoint(node['state'])]
    if not idle:
        return not now
    # A suspended job holds a node that reads idle.
    held = {name for job in look(settings, idle)[1] for name in job['nodes']}
    return not held.issuperset(idle)
