# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes one file of a node that is a directory on this machine, as ansible.builtin.copy does it with `content`: in check
mode it only says what would change. It runs where Ansible runs: a module would be a process that compiles half of
Ansible before it writes a line, twice for each node and step."""
from __future__ import annotations

import os

from ansible.plugins.action import ActionBase


class ActionModule(ActionBase):
    _supports_check_mode = True

    def run(self, tmp=None, task_vars=None):
        result = super().run(tmp, task_vars)
        dest, content = self._task.args["dest"], str(self._task.args["content"])
        before = None
        if os.path.exists(dest):
            with open(dest, encoding="utf-8") as file:
                before = file.read()
        result.update(changed=before != content, dest=dest)
        if before != content:
            result["diff"] = [{"before": before or "", "after": content, "before_header": dest, "after_header": dest}]
            if not self._task.check_mode:
                os.makedirs(os.path.dirname(dest), exist_ok=True)
                with open(dest, "w", encoding="utf-8") as file:
                    file.write(content)
        return result
