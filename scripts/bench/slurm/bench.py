#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""bench.py - the rolling change under a job stream; run.sh and `npm run bench -- --only slurm` call it.

  bench.py run DIRECTORY SEED [COMMAND...]   one run, in the control namespace of a lab that is up; no command: jobs only
  bench.py report RESULTS RUN                figures of one run, as JSON
  bench.py table RESULTS                     markdown table of all runs; writes report.json of each
  bench.py bound RESULTS SEED                what no order can beat, from the runs of that seed"""
import json
import sys

sys.dont_write_bytecode = True


def main(verb="", *words):
    import figures
    import record
    if verb == "run":
        record.Run(words[0], int(words[1]), list(words[2:])).go()
    elif verb == "report":
        print(json.dumps(figures.report(*words), indent=1))
    elif verb == "table":
        print(figures.table(words[0]))
    elif verb == "bound":
        print(json.dumps(figures.bound(words[0], int(words[1]))))
    else:
        sys.exit(__doc__)


main(*sys.argv[1:])
