# SPDX-License-Identifier: GPL-3.0-or-later
"""Ansible's default output, on one condition: that patchrun's guard is there.

Ansible goes on when a callback cannot be loaded; when the stdout callback cannot, it stops. As the stdout callback this
one makes sure that no play starts unguarded.
"""
from __future__ import annotations

DOCUMENTATION = '''
    name: patchrun_output
    type: stdout
    short_description: default output that requires patchrun's guard
    description: The default output; refuses to start unless patchrun_events is active.
    extends_documentation_fragment:
      - default_callback
      - result_format_callback
'''

import sys

from ansible.plugins.callback.default import CallbackModule as Default


class CallbackModule(Default):
    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = 'stdout'
    CALLBACK_NAME = 'patchrun_output'

    def v2_playbook_on_start(self, playbook):
        if not getattr(sys, 'patchrun_guard', None):
            self._display.error('patchrun: the guard (patchrun_events) was not loaded; nothing was started')
            raise KeyboardInterrupt()
        super().v2_playbook_on_start(playbook)
