# SPDX-License-Identifier: GPL-3.0-or-later
"""The way to patchrun and back: one JSON object a line out, on an inherited descriptor that is a socket; one word back."""
from __future__ import annotations

import json
import os
import select
import signal
import threading
import time

VERSION = 1
# Readers drop lines of 1 MiB and more.
LINE_MAX = 512 * 1024
GO = b'go\n'
END = b'end\n'


class ReaderGone(Exception):
    """patchrun no longer reads."""


class Channel:
    def __init__(self, fd):
        os.fstat(fd)
        # A command started by Ansible must not hold the stream open, nor be able to write to it.
        os.set_inheritable(fd, False)
        self._fd = fd
        self._seq = 0

    def send(self, ev, **fields):
        self._seq += 1
        event = {'v': VERSION, 'seq': self._seq, 'ts': round(time.time(), 6), 'ev': ev}
        event.update((key, value) for key, value in fields.items() if value is not None)
        line = json.dumps(event, separators=(',', ':'), ensure_ascii=True, default=str).encode('ascii', 'replace') + b'\n'
        if len(line) > LINE_MAX:
            for key in ('diff', 'stderr', 'msg', 'item'):
                event.pop(key, None)
            line = json.dumps(event, separators=(',', ':'), default=str).encode('ascii', 'replace') + b'\n'
        self._write(line)

    def _write(self, line):
        while line:
            try:
                line = line[os.write(self._fd, line):]
            except BlockingIOError:
                select.select([], [self._fd], [])
            except OSError as error:
                raise ReaderGone(str(error)) from error

    def wait(self):
        """Blocks until patchrun says a word; whether it is to go on. It sees at once when patchrun dies, since then nobody holds the other end."""
        said = b''
        while not said.endswith(b'\n'):
            try:
                heard = os.read(self._fd, 64)
            except BlockingIOError:
                select.select([self._fd], [], [])
                continue
            except OSError as error:
                raise ReaderGone(str(error)) from error
            if not heard:
                raise ReaderGone('it does not wait for this run any more')
            said += heard
        if said not in (GO, END):
            raise ReaderGone('it said %r' % said)
        return said == GO


def interrupt():
    """Stops the whole run, from whichever thread of the main process.

    Ansible turns ordinary exceptions of a callback into warnings. Results of loop items arrive in a thread of their own,
    where raising would only end that thread and leave the main one waiting.
    """
    if threading.current_thread() is threading.main_thread():
        raise KeyboardInterrupt()
    os.kill(os.getpid(), signal.SIGINT)
