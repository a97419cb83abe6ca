# SPDX-License-Identifier: Apache-2.0
"""One run inside a lab: job stream, sampler and approach; raw data into a directory.

Nothing that is measured comes from the approach: the sampler reads `scontrol show node -o`, the version of the package
from the node's disk, and the boot log that the node's supervisor writes."""
import json
import os
import re
import subprocess
import threading
import time

import jobs
import settings as configured


def output(*argv):
    return subprocess.run(argv, capture_output=True, text=True).stdout


def flagged(state):
    """Cannot take a new job."""
    return bool(re.search(r"DRAIN|DOWN|REBOOT|NOT_RESP|FAIL|MAINT|RESERVED|POWER|UNKNOWN|\*", state))


class Nodes:
    """Seen from the scheduler, from their disks and from outside."""

    def __init__(self, names):
        self.names, self.lab = names, os.environ["LAB_RUN"]
        self.before = {n: self.boots(n) for n in names}

    def boots(self, name):
        try:
            with open(f"{self.lab}/log/{name}.log") as lines:
                return sum(" boot " in line for line in lines)
        except OSError:
            return 0

    def version(self, name):
        try:
            with open(f"{self.lab}/fs/nodes/{name}/upper/usr/share/labpkg/version") as text:
                return text.read().strip()
        except OSError:
            return "-"

    def look(self):
        """[(name, state, cores allocated, version, boots since the start)]"""
        seen = {}
        for line in output("scontrol", "show", "node", "-o").splitlines():
            f = dict(m.groups() for m in re.finditer(r"(\w+)=(\S*)", line))
            seen[f.get("NodeName")] = (f.get("State", "?"), int(f.get("CPUAlloc", 0)))
        return [(n, *seen.get(n, ("UNKNOWN", 0)), self.version(n), self.boots(n) - self.before[n]) for n in self.names]


class Run:
    def __init__(self, directory, seed, command):
        self.directory, self.seed, self.command, self.settings = directory, seed, command, configured.read()
        self.nodes = Nodes(configured.names(self.settings))
        self.t0 = time.time()
        self.no_more_jobs, self.over = threading.Event(), threading.Event()
        self.pending, self.in_service, self.submitted, self.refused = 0, 0, 0, 0
        self.meta = {"seed": seed, "command": command, "settings": self.settings, "canaries": self.canaries()}

    def canaries(self):
        """An approach that begins with a canary names it in a file: its time is told apart."""
        try:
            with open(f"{self.directory}/canaries") as text:
                return text.read().split()
        except OSError:
            return []

    def now(self):
        return time.time() - self.t0

    def stream(self):
        for index, (t, *job) in enumerate(jobs.job_list(self.seed, self.settings)):
            if self.no_more_jobs.wait(max(0, t - self.now())):
                return
            self.refused += not jobs.submit(index, *job)
            self.submitted = index + 1

    def sample(self):
        due = time.time()
        with open(f"{self.directory}/samples.jsonl", "w", buffering=1) as file:
            while not self.over.is_set():
                t, row = self.now(), self.nodes.look()
                self.pending = len(output("squeue", "-h", "-t", "PD", "-o", "%i").split())
                self.in_service = sum(not flagged(s) and v == "1.1" and b == 1 for _, s, _, v, b in row)
                with open("/proc/stat") as stat:
                    cpu = [int(x) for x in stat.readline().split()[1:9]]
                file.write(json.dumps([round(t, 3), self.pending, cpu, row]) + "\n")
                due = max(due + self.settings["step"], time.time() + 0.05)
                self.over.wait(max(0, due - time.time()))

    def approach(self):
        """Runs it until it has ended and every node is back, or until it is given up."""
        time.sleep(max(0, self.settings["warmup"] - self.now()))
        start = self.meta["start"] = self.now()
        ended = {}
        with open(f"{self.directory}/approach.log", "w") as log:
            child = subprocess.Popen(self.command, stdout=log, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, start_new_session=True)

        def wait():     # wait4 tells the CPU time of the tool and of everything it waited for
            _, status, used = os.wait4(child.pid, 0)
            ended.update(at=self.now(), rc=os.waitstatus_to_exitcode(status), cpu=used.ru_utime + used.ru_stime)

        waiter = threading.Thread(target=wait)
        waiter.start()
        while not ended or self.in_service < self.settings["nodes"]:
            time.sleep(0.25)
            if self.now() - start > self.settings["give_up"] or (ended and self.now() - ended["at"] > self.settings["linger"]):
                self.meta["gave_up"] = True
                break
        if not ended:
            os.killpg(child.pid, 9)
        waiter.join()
        self.meta.update(tool_end=ended["at"], rc=ended["rc"], tool_cpu=ended["cpu"])
        # The stream goes on until the queue is short again: a backlog is charged to the approach that left it.
        back = self.now()
        while self.now() - back < self.settings["tail_min"] or (self.pending > 2 and self.now() - back < self.settings["tail_max"]):
            time.sleep(0.5)

    def go(self):
        threads = [threading.Thread(target=self.stream, daemon=True), threading.Thread(target=self.sample, daemon=True)]
        for thread in threads:
            thread.start()
        if self.command:
            self.approach()
        else:
            time.sleep(self.settings["control_len"])
        self.no_more_jobs.set()
        threads[0].join()
        self.meta["stream_end"] = self.now()
        patience = time.time() + 240
        while output("squeue", "-h", "-o", "%i").strip() and time.time() < patience:
            time.sleep(1)
        self.over.set()
        threads[1].join()
        self.meta.update(submitted=self.submitted, refused=self.refused)
        with open(f"{self.directory}/jobs.txt", "w") as file:
            file.write(output("scontrol", "show", "job", "-o"))
        with open(f"{self.directory}/meta.json", "w") as file:
            json.dump(self.meta, file, indent=1)
