# SPDX-License-Identifier: Apache-2.0
"""The seeded job stream, and what became of its jobs."""
import math
import random
import re
import subprocess
import time

ALICE = ["setpriv", "--reuid", "2001", "--regid", "2001", "--clear-groups"]
NODES, CORES = [(1, .50), (2, .25), (3, .10), (4, .15)], [(1, .5), (2, .5)]
SHORTEST, LONGEST = 5, 40   # s; run times are log-uniform between them


def job_list(seed, settings, horizon=3600.0):
    """A pure function of seed and settings: Poisson arrivals, [(t, nodes, cores a node, run s, limit s)]."""
    rng = random.Random(seed)
    mean_run = (LONGEST - SHORTEST) / math.log(LONGEST / SHORTEST)
    mean_cores = sum(n * w for n, w in NODES) * sum(c * w for c, w in CORES)
    rate = settings["load"] * settings["nodes"] * settings["cores"] / (mean_run * mean_cores)
    t, jobs = 0.0, []
    while True:
        t += rng.expovariate(rate)
        if t > horizon:
            return jobs
        nodes, cores = (rng.choices([x for x, _ in of], [w for _, w in of])[0] for of in (NODES, CORES))
        run = math.exp(rng.uniform(math.log(SHORTEST), math.log(LONGEST)))
        jobs.append((t, min(nodes, settings["nodes"]), cores, run, run * math.exp(rng.uniform(math.log(1.5), math.log(10)))))


def submit(index, nodes, cores, run, limit):
    """True when Slurm took it. Jobs only sleep. Slurm keeps limits in whole minutes, rounded up."""
    return subprocess.run(
        [*ALICE, "sbatch", "--parsable", "-D", "/tmp", "-o", "/dev/null", "-J", f"k{index}", "-N", str(nodes),
         f"--ntasks-per-node={cores}", "-t", "%d:%02d" % divmod(math.ceil(limit), 60), "--wrap", f"exec sleep {run:.2f}"],
        capture_output=True).returncode == 0


def load(directory):
    """{index: job} from what `scontrol show job -o` said at the end."""
    def stamp(text):
        return time.mktime(time.strptime(text, "%Y-%m-%dT%H:%M:%S")) if text[:1] == "2" else None

    jobs = {}
    with open(f"{directory}/jobs.txt") as lines:
        for line in lines:
            f = dict(re.findall(r"(\w+)=(\S*)", line))
            if re.fullmatch(r"k\d+", f.get("JobName", "")):
                jobs[int(f["JobName"][1:])] = {
                    "state": f["JobState"], "exit": f["ExitCode"], "restarts": int(f["Restarts"]),
                    "submit": stamp(f["SubmitTime"]), "start": stamp(f["StartTime"])}
    return jobs


def waits(jobs):
    return {k: j["start"] - j["submit"] for k, j in jobs.items() if j["start"]}
