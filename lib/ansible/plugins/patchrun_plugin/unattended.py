# SPDX-License-Identifier: GPL-3.0-or-later
"""Nobody is there to answer: a `debugger` that a play asks for would read an empty input and end the whole run."""
from __future__ import annotations


def without_debugger():
    """The setting that turns it off does not hold for the keyword."""
    from ansible.executor import task_result
    from ansible.plugins import strategy
    for found in vars(task_result).values():
        if isinstance(found, type) and 'needs_debugger' in vars(found):
            found.needs_debugger = _no_debugger
    # Since 2.21 it is the strategy that knows.
    if hasattr(strategy, '_needs_debugger'):
        strategy._needs_debugger = _no_debugger


def _no_debugger(*_args, **_kwargs):
    return False
