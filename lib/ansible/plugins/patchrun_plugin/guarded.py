# SPDX-License-Identifier: GPL-3.0-or-later
"""What every method of the callback is wrapped in."""
from __future__ import annotations

import traceback

from . import channel


def guarded(method):
    """A fault of ours must not let a run go on unguarded: Ansible would only warn."""
    def call(self, *args, **kwargs):
        if self.stopping:
            channel.interrupt()
            return
        try:
            method(self, *args, **kwargs)
        except channel.ReaderGone as error:
            self.stopping = True
            self._say('patchrun is gone (%s); stopping' % error)
            channel.interrupt()
        except Exception as error:
            self.stopping = True
            self._say('fault in the guard, stopping: ' + traceback.format_exc())
            try:
                self.channel.send('guard', reason='plugin-fault',
                                  message='The callback plugin failed in %s: %s' % (method.__name__, error))
            except Exception:
                pass
            channel.interrupt()
    call.__name__ = method.__name__
    call.__doc__ = method.__doc__
    return call
