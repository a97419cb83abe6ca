#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# ansible-core 2.22.0rc1: a decrypted value of a vault is masked in all that a callback plugin is given, in the names of keys too. Needs Python 3.13.
#
# With a vaulted variable whose value is `ch`, the result of a task that made a directory has no key `changed` for a callback: it is named
# `$REDACTED$anged`. Ansible's own output calls the task `ok`, and the recap says `$REDACTED$anged=1` and `unrea$REDACTED$able=0`: whatever reads
# results by a callback, or counts changes in that output, sees none.
set -eu
python3.13 -c '' 2>/dev/null || { echo "no Python 3.13 here" >&2; exit 77; }
T=$(mktemp -d); trap 'rm -rf "$T"' EXIT
cd "$T"; mkdir plugins
python3.13 -m venv venv; venv/bin/pip install --quiet ansible-core==2.22.0rc1
cat >plugins/names.py <<'P'
from ansible.plugins.callback import CallbackBase


class CallbackModule(CallbackBase):
    CALLBACK_VERSION, CALLBACK_TYPE, CALLBACK_NAME, CALLBACK_NEEDS_ENABLED = 2.0, 'aggregate', 'names', True

    def v2_runner_on_ok(self, result):
        print('names:', [name for name in result.result if name.endswith('anged')], result.result.get('changed'))
P
echo "a password of the vault" >password
{
  printf -- '- hosts: localhost\n  connection: local\n  gather_facts: false\n  vars:\n'
  HOME=$T venv/bin/ansible-vault encrypt_string --vault-password-file password --name word ch 2>/dev/null | sed 's/^/    /'
  printf '\n  tasks:\n    - { name: a directory, ansible.builtin.file: { path: "%s/{{ word }}", state: directory } }\n' "$T"
} >site.yml
HOME=$T ANSIBLE_NOCOLOR=1 ANSIBLE_CALLBACK_PLUGINS=plugins ANSIBLE_CALLBACKS_ENABLED=names \
  venv/bin/ansible-playbook -i localhost, -e ansible_python_interpreter="$T/venv/bin/python" --vault-password-file password site.yml >out 2>&1
seen="$(grep '^names:' out); $(grep '^ok:' out); $(grep -o '[^ ]*anged=[0-9]*' out)"
[ -d ch ] && [ "$seen" = "names: ['\$REDACTED\$anged'] None; ok: [localhost]; \$REDACTED\$anged=1" ] || { echo "this has changed:" >&2; echo "$seen" >&2; tail -5 out >&2; exit 1; }
echo "$seen"
