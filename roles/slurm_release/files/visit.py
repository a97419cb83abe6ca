# SPDX-License-Identifier: Apache-2.0
# Follows slurm.py and test_job.py. One node on its way back, a step further with every look at Slurm.
# Until the test passed, a node is either drained or in a reservation of ours, so no job of a user can start there. This holds
# wherever the script is killed, and the next call goes on from what it finds.

TIDY_FOR = 30.0
# slurmd is not heard from, has less than is configured, or is about to go.
NOT_READY = REBOOTING | {'NOT_RESPONDING', 'INVALID_REG'}


class Visit:
    """One node on its way back."""

    def __init__(self, settings, name):
        self.settings, self.name, self.reservation = settings, name, 'patchrun_' + name
        self.step, self.result, self.message, self.tries, self.said, self.job = self.begin, None, '', 0, '', None
        # up: set idle, so Slurm does not ask slurmd anew.
        self.changed, self.opened, self.up = False, False, False
        self.lasts(settings['release_timeout'])
        tested = settings['tested'].get(name)
        if tested is not None:
            self.step = self.close if tested == '' else self.fail
            self.message = tested
            self.lasts(TIDY_FOR)

    def lasts(self, duration):
        self.until = time.monotonic() + duration

    def late(self):
        return time.monotonic() > self.until

    def end(self, result, message=''):
        self.result, self.message = result, message
        if self.job:
            self.job.stop()

    def go(self, step, duration):
        self.step, self.tries = step, 0
        self.lasts(duration)

    def failing(self, message):
        if self.job:
            self.job.stop()
        self.message = message
        self.go(self.fail, TIDY_FOR)

    def run(self, *args):
        self.changed = True
        worked, self.said = scontrol(self.settings, *args)
        return worked

    # Each step gets the node as it is and whether our reservation is there.

    def begin(self, node, reserved):
        out = not OUT.isdisjoint(node['state'])
        # Found after we resumed a node, Slurm's own words are a result of that, and not somebody's drain.
        if out and (at_fault(node, self.settings['prefix']) or (reserved and SLURM_SAYS.match(node['reason']))):
            self.failing(taken_out(node))
            return
        if self.foreign(node, reserved):
            return
        if reserved:
            # Killed before: a test job may be left.
            self.cancel()
        if not out:
            self.go(self.answers if reserved or 'NOT_RESPONDING' in node['state'] else self.already, self.settings['release_timeout'])
        else:
            self.step = self.wait
        self.step(node, reserved)

    def already(self, node, reserved):
        features = self.features(node)
        if not features or self.settings['check'] or self.run('update', 'nodename=' + self.name, *features):
            self.end('released')
        else:
            self.end('failed', 'the node is in service, and its feature could not be set: ' + self.said)

    def wait(self, node, reserved):
        """slurmd must answer, and must have started since the reboot if there was one."""
        after = self.settings['boot_after'].get(self.name)
        if self.foreign(node, reserved):
            return
        if at_fault(node, self.settings['prefix']):
            self.failing(taken_out(node))
        elif NOT_READY.isdisjoint(node['state']) and (after is None or (node['boot'] or 0) >= after):
            self.go(self.open, self.settings['release_timeout'])
            self.open(node, reserved)
        elif self.late():
            self.failing('the node did not come back to Slurm within %g s (%s); look at slurmd and munge on it' % (self.settings['release_timeout'], '+'.join(node['state'])))

    def open(self, node, reserved):
        """Out of the drain; where there is a test, into a reservation first."""
        if self.foreign(node, reserved):
            return
        if self.settings['check']:
            self.end('released', 'would be released')
            return
        self.tries += 1
        # Without an end: one that ran out would give users a node that nobody tested.
        held = reserved or not self.settings['test'] or self.run(
            'create', 'reservationname=' + self.reservation, 'users=' + self.settings['user'], 'flags=maint,ignore_jobs', 'nodes=' + self.name,
            'starttime=now', 'duration=UNLIMITED')
        if held and self.bring_up(node):
            self.opened = True
            if self.up and self.settings['phase'] != 'open' and 'BLOCKED' not in node['state']:
                self.start_test(node)
            else:
                self.go(self.answers, self.settings['release_timeout'])
        elif self.tries > 5:
            self.failing('it could not be opened: ' + self.said)

    def bring_up(self, node):
        """A resume makes Slurm ask a node anew that was down (it rebooted), up to a second. Where slurmd was heard from and a test follows,
        that tells no more than the test does."""
        update = ['update', 'nodename=' + self.name]
        self.up = 'DOWN' in node['state'] and self.settings['test'] and self.run(*update, 'state=idle', *self.features(node))
        return self.up or self.run(*update, 'state=resume', *self.features(node))

    def answers(self, node, reserved):
        """After a resume Slurm asks slurmd anew: NOT_RESPONDING goes when it has answered."""
        if self.out(node, reserved):
            return
        if 'NOT_RESPONDING' not in node['state']:
            if self.settings['test'] and (reserved or self.opened) and 'BLOCKED' in node['state']:
                if self.late():
                    self.blocked()
            elif not self.settings['test']:
                self.go(self.close, TIDY_FOR)
                self.close(node, reserved)
            elif not reserved and not self.opened:
                self.end('released')
            elif not reserved:
                self.failing('its reservation %s was deleted before the test' % self.reservation)
            elif self.settings['phase'] == 'open':
                self.end('open')
            else:
                self.start_test(node)
        elif self.late():
            self.failing('slurmd did not answer within %g s after the node was resumed; look at slurmd and munge on it' % self.settings['release_timeout'])

    def start_test(self, node):
        self.job = TestJob(self.settings, node, self.reservation)
        self.go(self.test, self.settings['test_timeout'] + TIDY_FOR)

    def test(self, node, reserved):
        ended = self.job.ended()
        if self.out(node, reserved):
            return
        if ended and 'BLOCKED' in node['state']:
            self.blocked()
        elif ended:
            self.failing(ended)
        elif ended == '':
            self.go(self.close, TIDY_FOR)
            self.close(node, reserved)

    def blocked(self):
        """That may last for days. Until then nobody can use the node, and it stays in our reservation."""
        self.end('waiting', 'a job has its block of nodes for itself, so no test job can start on it')

    def close(self, node, reserved):
        """The reservation goes, and with that the node is open."""
        if self.out(node, reserved):
            return
        if not reserved or self.delete():
            self.end('released')
        elif self.late():
            self.failing('its reservation could not be deleted: ' + self.said)
        elif self.tries > 10:
            self.cancel()

    def fail(self, node, reserved):
        """The drain first, then the reservation."""
        ours = is_ours(node, self.settings['prefix'])
        # Over the words of a refusal ours would not last, and hide why.
        refused = is_refused(node) and 'INVALID_REG' in node['state']
        if not ours and node['reason'] and not SLURM_SAYS.match(node['reason']) and self.foreign(node, reserved):
            return
        if not ours and not refused:
            self.run('update', 'nodename=' + self.name, 'state=drain', 'reason=' + self.settings['reason'])
        elif not reserved:
            self.end('failed', self.message)
        else:
            self.cancel()
            self.delete()
        if self.late() and self.result is None:
            self.end('failed', '%s; and it could not be put back into its drain: %s' % (self.message, self.said))

    # What steps have in common.

    def foreign(self, node, reserved):
        """Somebody else has taken it out: it is theirs. Only our reservation goes."""
        if OUT.isdisjoint(node['state']) or is_ours(node, self.settings['prefix']):
            return False
        if reserved and not self.settings['check']:
            if self.job:
                self.job.stop()
            self.cancel()
            if not self.delete() and not self.late():
                return True
        self.end('foreign', '%s: %s' % ('+'.join(node['state']), node['reason']))
        return True

    def out(self, node, reserved):
        """Taken out after we had resumed it: by Slurm, which is a failure, or by somebody."""
        if OUT.isdisjoint(node['state']):
            return False
        if node['reason'].startswith(self.settings['prefix']) or SLURM_SAYS.match(node['reason']) or not node['reason']:
            self.failing(taken_out(node))
        else:
            self.foreign(node, reserved)
        return True

    def features(self, node):
        """What an update must say so that the node has our feature, and no older one."""
        wanted, prefix = self.settings['feature'], self.settings['feature_prefix']
        if not wanted:
            return []
        lists = [[name for name in have if not (prefix and name.startswith(prefix))] + [wanted] for have in (available_of(node), node['features'])]
        if [sorted(new) for new in lists] == [sorted(available_of(node)), sorted(node['features'])]:
            return []
        return ['AvailableFeatures=' + ','.join(lists[0]), 'ActiveFeatures=' + ','.join(lists[1])]

    def cancel(self):
        if not self.settings['check']:
            Command(['scancel', '--reservation=' + self.reservation], self.settings).wait()

    def delete(self):
        """Refused while a job is completing in it."""
        self.tries += 1
        return self.run('delete', 'reservationname=' + self.reservation)
