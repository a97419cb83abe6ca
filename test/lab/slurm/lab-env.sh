#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Sourced by the others: where a lab lies. LAB_RUN holds one running lab, LAB_BASE the root file system of all nodes.
HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
LAB_TOOLS=${PATCHRUN_TOOLS_DIR:-$(cd "$HERE/../../.." && pwd)/.patchrun-tools}
LAB_BASE=${LAB_BASE:-$("$HERE/lib/base.sh" --where "$LAB_TOOLS")}
LAB_RUN=${LAB_RUN:-$LAB_TOOLS/lab-run}

# The lab's pid 1 as this machine sees it, or nothing.
lab_pid() {
  local pid
  pid=$(cat "$LAB_RUN/pid" 2>/dev/null) || return 1
  grep -q ctl-init.sh "/proc/$pid/cmdline" 2>/dev/null || return 1
  echo "$pid"
}
