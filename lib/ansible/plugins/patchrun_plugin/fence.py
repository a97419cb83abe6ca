# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether the patchrun that started this run may still act.

It may be stopped, or cut off from its state, and be taken for dead: then another process holds the lock, perhaps on
another host, from where nobody can end this run. What stands for the right to act is a file, which the new holder removes
before it does anything. Where the new holder cannot reach it, the file says itself how long it holds, and is written anew
all the time.
"""
from __future__ import annotations

import json
import os
import time

# A holder that releases on a full disk cannot write a new file: it marks the old one.
RELEASED = b'"released":true'
LONGEST = 65536
# Seconds since the machine was started, also while it was suspended: what os.uptime() is to Node.
CLOCK = getattr(time, 'CLOCK_BOOTTIME', time.CLOCK_MONOTONIC)


def until(text):
    """Until when the file holds, or None: as long as it is there."""
    try:
        said = json.loads(text).get('until')
        return None if said is None else float(said)
    except (ValueError, AttributeError, TypeError):
        return None


class Fence:
    def __init__(self, path):
        self._path = path
        self._ours = None
        if path:
            try:
                self._ours = self._look()[0]
            except OSError:
                pass  # told at the first task

    def broken(self):
        """None, or why nothing may start any more."""
        if not self._path:
            return None
        try:
            # Opened by name each time: a network file system then asks whether it is still there.
            identity, text = self._look()
        except FileNotFoundError:
            return 'the lock of the patchrun that started this run was taken over or removed'
        except OSError as error:
            return 'the lock of the patchrun that started this run cannot be looked at: %s' % error
        if identity != self._ours or RELEASED in text:
            return 'the patchrun that started this run does not hold the lock any more'
        end = until(text)
        if end is not None and time.clock_gettime(CLOCK) > end:
            return 'the patchrun that started this run could not renew its lock in time'
        return None

    def _look(self):
        with open(self._path, 'rb') as file:
            status = os.fstat(file.fileno())
            return (status.st_dev, status.st_ino), file.read(LONGEST)
