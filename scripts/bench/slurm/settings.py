# SPDX-License-Identifier: Apache-2.0
"""What a run of the benchmark is like. Each run keeps its settings beside its figures; only like is compared with like."""
import os


def read(env=os.environ):
    def number(name, default, kind=float):
        return kind(env.get("BENCH_" + name, default))

    return {
        "nodes": number("NODES", 24, int),
        "cores": 2,                                 # of each node; the lab's slurm.conf says so
        "load": number("LOAD", 0.70),               # offered load as a share of all cores
        "warmup": number("WARMUP", 40),             # s of job stream before the approach begins
        "tail_min": number("TAIL_MIN", 30),         # s of job stream after the last node is back, at least ...
        "tail_max": number("TAIL_MAX", 120),        # ... until the queue is short again, at most this long
        "boot_delay": float(env.get("LAB_BOOT_DELAY", 4)),   # s that a node's firmware takes
        "control_len": number("CONTROL_LEN", 620),  # s of job stream in the control run
        "give_up": number("GIVE_UP", 900),          # s after which an approach has not finished
        "linger": number("LINGER", 120),            # s that nodes may be missing after the approach has ended
        "step": 0.5,                                # s between two samples
    }


#: Runs whose settings differ in one of these cannot be compared.
LIKE = ("nodes", "cores", "load", "warmup", "boot_delay")


def names(settings):
    return ["node%02d" % i for i in range(1, settings["nodes"] + 1)]
