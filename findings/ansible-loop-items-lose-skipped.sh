#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# ansible-core 2.20.10 and 2.21.5: what a callback plugin is given for a loop all of whose items are skipped. Needs Python 3.12 or 3.13.
#
# Up to 2.20 each entry of `results` says `skipped: true`. From 2.21 on none does, although the task counts as skipped in both: a callback
# that tells skipped items from ones that ran by that word takes them for items that ran and changed nothing. Nothing warns.
set -eu
for python in python3.13 python3.12 ''; do [ -z "$python" ] || { "$python" -c '' 2>/dev/null && break; }; done
[ -n "$python" ] || { echo "no Python 3.12 or 3.13 here" >&2; exit 77; }
T=$(mktemp -d); trap 'rm -rf "$T"' EXIT
cd "$T"; mkdir plugins
cat >plugins/items.py <<'P'
from ansible.plugins.callback import CallbackBase


class CallbackModule(CallbackBase):
    CALLBACK_VERSION, CALLBACK_TYPE, CALLBACK_NAME, CALLBACK_NEEDS_ENABLED = 2.0, 'aggregate', 'items', True

    def v2_runner_on_skipped(self, result):
        print('items:', [item.get('skipped') for item in result.result['results']])
P
cat >site.yml <<'P'
- hosts: localhost
  connection: local
  gather_facts: false
  tasks:
    - { name: nothing to do, ansible.builtin.command: "true", loop: [first, second], when: item == "third" }
P
seen=
for version in 2.20.10 2.21.5; do
  "$python" -m venv "$version"; "$version/bin/pip" install --quiet "ansible-core==$version"
  HOME=$T ANSIBLE_NOCOLOR=1 ANSIBLE_CALLBACK_PLUGINS=plugins ANSIBLE_CALLBACKS_ENABLED=items \
    "$version/bin/ansible-playbook" -i localhost, -e ansible_python_interpreter="$T/$version/bin/python" site.yml >out 2>&1
  seen+="$version $(grep '^items:' out), $(grep -o 'skipped=[0-9]*' out)"$'\n'
done
wanted=$'2.20.10 items: [True, True], skipped=1\n2.21.5 items: [None, None], skipped=1\n'
[ "$seen" = "$wanted" ] || { echo "this has changed:" >&2; echo "$seen" >&2; exit 1; }
printf %s "$seen"
