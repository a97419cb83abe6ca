# SPDX-License-Identifier: Apache-2.0
# Follows visit.py. Gives nodes back, all side by side.
import pwd

POLL = 0.08


def release(settings):
    settings['user'] = settings['user'] or pwd.getpwuid(os.geteuid()).pw_name
    visits = [Visit(settings, name) for name in settings['nodes'] if name not in settings['before']]
    try:
        while True:
            going = [visit for visit in visits if visit.result is None]
            if not going:
                break
            nodes, _, reservations = look(settings, [visit.name for visit in going], jobs=False)
            names = {reservation['name'] for reservation in reservations}
            for visit in going:
                if visit.name not in nodes:
                    visit.end('failed', 'Slurm has no node of this name; correct scheduler.names or the inventory')
                    continue
                visit.step(nodes[visit.name], visit.reservation in names)
            if any(visit.result is None for visit in visits):
                pause(POLL, [visit.job for visit in going if visit.step == visit.test])
    finally:
        for visit in visits:
            if visit.job:
                visit.job.stop()
    if any(visit.changed for visit in visits) or any(visit.message == 'would be released' for visit in visits):
        sys.stderr.write('changed\n')
    results = dict(settings['before'], **{visit.name: {'result': visit.result, 'message': visit.message} for visit in visits})
    told(False, look(settings, settings['nodes']), results)
