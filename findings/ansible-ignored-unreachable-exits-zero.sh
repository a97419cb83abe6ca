#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# ansible-core 2.19.14, `ignore_unreachable: true` on a play
#
# A host that never answered once comes out of such a play as if it had been gone through: exit code 0, `unreachable=0` and `failed=0` in
# the statistics, and every task that could not reach it counts as `ok`. Only `ignored` says that something was not as it should be.
set -eu
T=$(mktemp -d); trap 'rm -rf "$T"' EXIT
python3 -m venv "$T/venv"; "$T/venv/bin/pip" install --quiet ansible-core==2.19.14
cd "$T"
cat >site.yml <<'P'
- hosts: away
  gather_facts: false
  ignore_unreachable: true
  tasks:
    - { name: first, ansible.builtin.command: id }
    - { name: second, ansible.builtin.command: id }
P
# Nothing listens on port 1.
code=0
HOME=$T ANSIBLE_NOCOLOR=1 venv/bin/ansible-playbook -i 'away,' -e 'ansible_host=127.0.0.1 ansible_port=1' site.yml >out 2>err || code=$?
said=$(grep -E '^away +:' out | tr -s ' ' | sed 's/ *$//')
wanted='away : ok=2 changed=0 unreachable=0 failed=0 skipped=0 rescued=0 ignored=2'
[ "$code $said" = "0 $wanted" ] || { echo "this has changed: exit $code, $said" >&2; head -5 err >&2; exit 1; }
echo "exit $code for a host that never answered: $said"
