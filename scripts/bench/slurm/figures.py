# SPDX-License-Identifier: Apache-2.0
"""Figures of runs. Per node and sample, weighted with the time to the next sample:

  flagged     cannot take new jobs: DRAIN, DOWN, REBOOT, NOT_RESPONDING or "*", FAIL, in a reservation that is active
  out         flagged and no core allocated: the node does nothing for users
  P1 drain    flagged, jobs still running; its free cores count as idle in drain
  P2 idle     out, still at 1.0 and not rebooted: drained and waiting for its turn, the installation included
  P3 change   out, from 1.1 until the second boot begins: waiting for the reboot, shutdown, firmware
  P4 return   out, from the second boot until users get it back: init, slurmd, checks, waiting for the resume
  in service  not flagged, at 1.1, booted exactly once since the start
  canary      from the start until the canaries are in service, where an approach has some"""
import json
import math
import os
import statistics

import jobs
from record import flagged
from settings import LIKE, names

CONTROL, NATIVE = "0-control", "d2-slurm-reboot-batch4"


def read(directory):
    with open(f"{directory}/meta.json") as meta, open(f"{directory}/samples.jsonl") as samples:
        return json.load(meta), [json.loads(line) for line in samples]


def runs_of(root):
    return sorted(x for x in os.listdir(root) if os.path.exists(f"{root}/{x}/meta.json"))


def alike(root, one, other):
    """Whether `other` is there and its figures may be held against those of `one`."""
    if not os.path.exists(f"{root}/{other}/meta.json"):
        return False
    a, b = (read(f"{root}/{x}")[0]["settings"] for x in (one, other))
    return all(a[key] == b[key] for key in LIKE)


def nodes_figures(meta, samples):
    start, count, cores, canaries = meta["start"], meta["settings"]["nodes"], meta["settings"]["cores"], set(meta["canaries"])
    spent = dict.fromkeys(("flagged_ns", "out_ns", "p1", "p2", "p3", "p4"), 0.0)
    peak_out = peak_flagged = 0
    back, first_other = {}, None
    for (t, _, _, row), following in zip(samples, samples[1:]):
        if t < start - 1:
            continue
        dt = following[0] - t
        away = [x for x in row if flagged(x[1])]
        peak_flagged, peak_out = max(peak_flagged, len(away)), max(peak_out, sum(x[2] == 0 for x in away))
        for name, _, allocated, version, boots in away:
            spent["flagged_ns"] += dt
            if allocated:
                spent["p1"] += dt * (cores - allocated) / cores
            else:
                spent["out_ns"] += dt
                spent["p4" if boots else "p3" if version == "1.1" else "p2"] += dt
            if canaries and name not in canaries and first_other is None:
                first_other = t - start
        for name, state, _, version, boots in row:
            if flagged(state) or version != "1.1" or boots != 1:
                back.pop(name, None)
            else:
                back.setdefault(name, t)
    total = max(back.values()) - start if len(back) == count else None
    canary = max(back[c] for c in canaries) - start if canaries and canaries <= back.keys() else None
    rest = total if not canaries else total - canary if total and canary is not None else None
    return {
        **{key: round(value) for key, value in spent.items()},
        "idle_ns": round(spent["p1"] + spent["p2"]), "peak_out": peak_out, "peak_flagged": peak_flagged,
        "back": len(back), "rebooted_once": sum(boots == 1 for *_, boots in samples[-1][3]),
        "total_s": total and round(total, 1), "canary_s": canary if canary is None else round(canary, 1),
        "first_other_s": first_other and round(first_other, 1),
        "rest_s": rest and round(rest, 1),
        "tool_s": round(meta["tool_end"] - start, 1), "tool_cpu": round(meta["tool_cpu"], 1),
        "rc": meta["rc"], "gave_up": meta.get("gave_up", False),
    }


def job_figures(mine, control):
    waits = jobs.waits(mine)
    figures = {
        "jobs": len(mine), "failed": sum(j["state"] != "COMPLETED" or j["exit"] != "0:0" for j in mine.values()),
        "requeued": sum(j["restarts"] for j in mine.values()), "mean_wait_s": round(statistics.mean(waits.values()), 2) if waits else None,
    }
    both = sorted(waits.keys() & control.keys())
    if both:    # the same jobs, by their number in the stream
        figures.update(
            compared=len(both), control_wait_s=round(statistics.mean(control[k] for k in both), 2),
            compared_wait_s=round(statistics.mean(waits[k] for k in both), 2),
            extra_wait_s=round(sum(waits[k] - control[k] for k in both)), max_wait_s=max(waits[k] for k in both))
    return figures


def machine_figures(meta, samples):
    settings = meta["settings"]
    cores = settings["nodes"] * settings["cores"]
    used = [sum(x[2] for x in row) / cores for t, _, _, row in samples if settings["warmup"] <= t <= meta["stream_end"]]
    first, last = samples[0][2], samples[-1][2]
    idle, whole = last[3] + last[4] - first[3] - first[4], sum(last) - sum(first)
    return {
        "used": round(statistics.mean(used), 3) if used else None,
        "host_busy": round(1 - idle / max(1, whole), 2),     # the whole machine, all labs that run side by side
        "longest_gap_s": round(max(b[0] - a[0] for a, b in zip(samples, samples[1:])), 2),
    }


def report(root, run):
    meta, samples = read(f"{root}/{run}")
    control = f"{CONTROL}-s{meta['seed']}"
    waits = jobs.waits(jobs.load(f"{root}/{control}")) if meta["command"] and alike(root, run, control) else {}
    figures = {"run": run, "seed": meta["seed"], "canaries": meta["canaries"], "refused": meta["refused"]}
    if meta["command"]:
        figures.update(nodes_figures(meta, samples))
    figures.update(job_figures(jobs.load(f"{root}/{run}"), waits))
    figures.update(machine_figures(meta, samples))
    return figures


def against_native(mine, native):
    """Shares of what Slurm's own reboot takes; of the extra wait the difference, since it may be less than nothing."""
    def over(key, other=None):
        above, below = mine.get(key), native.get(other or key)
        return round(above / below, 2) if above is not None and below else None

    extra = [x.get("extra_wait_s") for x in (mine, native)]
    return {"over_native": {"out": over("out_ns"), "idle": over("idle_ns"), "rest": over("rest_s", "total_s"),
                            "extra_wait_s": None if None in extra else extra[0] - extra[1]}}


def table(root):
    """A markdown table of all runs below `root`; report.json of each is written anew."""
    reports = {run: report(root, run) for run in runs_of(root)}
    for run, figures in reports.items():
        native = f"{NATIVE}-s{figures['seed']}"
        if native in reports and "total_s" in figures and alike(root, run, native):
            figures.update(against_native(figures, reports[native]))
        with open(f"{root}/{run}/report.json", "w") as file:
            json.dump(figures, file, indent=1)
    columns = [
        ("run", "{run}"), ("total s", "{total_s}"), ("canary s", "{canary_s}"), ("without it s", "{rest_s}"), ("back/once", "{back}/{rebooted_once}"),
        ("out ns", "{out_ns}"), ("idle in drain ns", "{idle_ns}"), ("P1/P2/P3/P4", "{p1}/{p2}/{p3}/{p4}"), ("peak out", "{peak_out}"),
        ("peak flagged", "{peak_flagged}"), ("jobs", "{jobs}"), ("failed", "{failed}"), ("requeued", "{requeued}"),
        ("mean wait s", "{compared_wait_s}"), ("control", "{control_wait_s}"), ("extra wait job-s", "{extra_wait_s}"), ("used", "{used}"),
        ("tool CPU s", "{tool_cpu}"), ("host busy", "{host_busy}"),
        ("over d2: out", "{out}"), ("idle", "{idle}"), ("total without canary", "{rest}"), ("extra wait job-s more", "{more}")]
    lines = ["| " + " | ".join(head for head, _ in columns) + " |", "|" + "---|" * len(columns)]
    for figures in reports.values():
        over = figures.get("over_native", {})
        known = {**figures, **over, "extra_wait_s": figures.get("extra_wait_s"), "more": over.get("extra_wait_s")}
        shown = Blank({key: "" if value is None else value for key, value in known.items()})
        lines.append("| " + " | ".join(cell.format_map(shown).strip("/") for _, cell in columns) + " |")
    return "\n".join(lines)


class Blank(dict):
    def __missing__(self, _):
        return ""


def bound(root, seed, cap=4):
    """What no order can beat. A visit is the median of the d2 run's, the leanest there is. A: ceil(N/cap) visits one after the other
    and no drain at all. B: nodes are taken only when the control run has them idle by itself, at most `cap` at once; jobs that
    would have been displaced are left out of account."""
    meta, native = read(f"{root}/{NATIVE}-s{seed}")
    visits = dict.fromkeys(names(meta["settings"]), 0.0)
    for (t, _, _, row), following in zip(native, native[1:]):
        for name, state, allocated, *_ in row:
            if flagged(state) and not allocated:
                visits[name] += following[0] - t
    visit, warmup = statistics.median(visits.values()), meta["settings"]["warmup"]
    left, under_way, done = set(visits), [], {}
    for t, _, _, row in read(f"{root}/{CONTROL}-s{seed}")[1]:
        if t < warmup:
            continue
        under_way = [end for end in under_way if end > t]
        for name, _, allocated, *_ in row:
            if not allocated and name in left and len(under_way) < cap:
                under_way.append(t + visit)
                left.discard(name)
                done[name] = t + visit - warmup
    return {"visit_s": round(visit, 1), "A_total_s": round(math.ceil(len(visits) / cap) * visit), "A_out_ns": round(len(visits) * visit),
            "B_nodes": len(done), "B_total_s": round(max(done.values(), default=0), 1), "B_out_ns": round(len(done) * visit)}
