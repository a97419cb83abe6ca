# SPDX-License-Identifier: Apache-2.0
# Follows slurm.py. A job on exactly one node, in a reservation that nobody else may use.


class TestJob:
    def __init__(self, settings, node, reservation):
        self.settings, self.node = settings, node
        self.until = time.monotonic() + settings['test_timeout']
        # Slurm would start it in the default partition, in which the node need not be.
        partition = settings['test_partition'] or (node['partitions'] or [''])[0]
        argv = ['srun', '-N1', '-n1', '-Q', '-J', TEST_NAME, '-D', '/', '-w', node['name'], '-t', str(int(settings['test_timeout'] // 60) + 1)]
        argv += ['--reservation=' + reservation] if reservation else []
        argv += ['-p', partition] if partition else []
        self.command = Command(argv + list(settings['test_options']) + ['--'] + list(settings['test_command']), settings)

    def ended(self):
        """None while it runs, then '' or why the test failed."""
        code = self.command.process.poll()
        if code is None:
            if time.monotonic() < self.until:
                return None
            self.stop()
            return 'the test job did not end within %g s%s' % (self.settings['test_timeout'], self.said())
        out = self.command.texts()[0].strip()
        if code != 0:
            return 'the test job ended with code %d%s' % (code, self.said())
        names = {self.node['name'], host_of(self.node)}
        if list(self.settings['test_command']) == ['hostname'] and out not in names and out.split('.')[0] not in {name.split('.')[0] for name in names}:
            return 'the test job ran on %s instead of %s' % (out or 'a node without a name', self.node['name'])
        return ''

    def stop(self):
        """srun ends its job when it is told to end."""
        if self.command.process.poll() is None:
            self.command.process.terminate()
            try:
                self.command.process.wait(timeout=2)
            except subprocess.TimeoutExpired:
                self.command.process.kill()
                self.command.process.wait()

    def said(self):
        text = ' '.join(self.command.texts()[1].split())
        return ': ' + text[-300:] if text else ''


def pause(longest, jobs):
    """Until one of them has ended: that is worth a look."""
    until = time.monotonic() + longest
    while time.monotonic() < until and all(job.command.process.poll() is None for job in jobs):
        time.sleep(0.005)


def test_job(settings):
    nodes = states(settings, [settings['node']])
    if settings['node'] not in nodes:
        sys.exit('Slurm has no node %s' % settings['node'])
    job = TestJob(settings, nodes[settings['node']], settings['reservation'])
    try:
        while job.ended() is None:
            time.sleep(0.05)
    finally:
        job.stop()
    if job.ended():
        sys.exit(job.ended())
