#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# ansible-core 2.19.14, a task with `timeout` and `no_log: true`
#
# A task that runs into its own `timeout` hands `timedout: {"period": SECONDS}` to callback plugins, which is how they tell a hang from a
# failure. With `no_log: true` that key is gone along with the values: what is left is `failed`, `changed` and `censored`, the same as
# for a task that failed by itself at once.
set -eu
T=$(mktemp -d); trap 'rm -rf "$T"' EXIT
python3 -m venv "$T/venv"; "$T/venv/bin/pip" install --quiet ansible-core==2.19.14
mkdir "$T/callback"; cd "$T"
cat >callback/keys.py <<'P'
from ansible.plugins.callback import CallbackBase
class CallbackModule(CallbackBase):
    CALLBACK_VERSION, CALLBACK_TYPE, CALLBACK_NAME = 2.0, 'stdout', 'keys'
    def v2_runner_on_failed(self, result, ignore_errors=False):
        told = getattr(result, 'result', None) or result._result
        print(result._task.get_name() if hasattr(result, '_task') else result.task.get_name(), 'timedout' in told, 'censored' in told)
P
cat >site.yml <<'P'
- hosts: localhost
  connection: local
  gather_facts: false
  tasks:
    - { name: open, command: sleep 20, timeout: 1, ignore_errors: true }
    - { name: hidden, command: sleep 20, timeout: 1, no_log: true, ignore_errors: true }
    - { name: failed, command: /bin/false, no_log: true, ignore_errors: true }
P
said=$(HOME=$T ANSIBLE_CALLBACK_PLUGINS=$T/callback ANSIBLE_STDOUT_CALLBACK=keys venv/bin/ansible-playbook -i localhost, site.yml 2>"$T/err" | grep -E '^(open|hidden|failed) ')
wanted=$'open True False\nhidden False True\nfailed False True'
[ "$said" = "$wanted" ] || { echo "this has changed:" >&2; echo "$said" >&2; head -5 "$T/err" >&2; exit 1; }
echo "under no_log a time-out cannot be told from a failure: $(echo "$said" | tr '\n' ';')"
