# SPDX-License-Identifier: Apache-2.0
# Follows slurm.py. Prints what is wrong with nodes in Slurm's eyes, a line each; nothing when they are well.


def health(settings):
    # A node may be known to Slurm by the first label of its name only.
    wanted = {name: [name, name.split('.')[0]] for name in settings['nodes']}
    nodes = states(settings, sorted({name for names in wanted.values() for name in names}))
    for name, names in wanted.items():
        node = next((nodes[one] for one in names if one in nodes), None)
        for text in wrong(node):
            print('node %s: %s' % (name, text))


def wrong(node):
    if node is None:
        return ['Slurm has no node of this name; correct slurm_health_nodes or slurm.conf']
    told = '%s%s' % ('+'.join(node['state']), ': ' + node['reason'] if node['reason'] else '')
    found = []
    if 'NOT_RESPONDING' in node['state']:
        found.append('slurmd does not answer (%s); look at slurmd and munge on it' % told)
    elif not {'DOWN', 'FAIL', 'ERROR'}.isdisjoint(node['state']):
        found.append('it is out of service (%s); find out why, then resume it' % told)
    elif 'unexpectedly rebooted' in node['reason']:
        found.append('it has rebooted unasked (%s); find out why, then resume it' % told)
    return found
