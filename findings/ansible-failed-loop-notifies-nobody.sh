#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# ansible-core 2.19.14, a loop with `notify` whose first item changes the host and whose second fails
#
# The task's result says `changed: true` and `failed: true`, and no handler is notified for what was changed: not in this run, even with
# --force-handlers, and not in the next one, which finds the first item in order and the second mended. The service is never restarted.
set -eu
T=$(mktemp -d); trap 'rm -rf "$T"' EXIT
python3 -m venv "$T/venv"; "$T/venv/bin/pip" install --quiet ansible-core==2.19.14
cd "$T"
cat >site.yml <<P
- hosts: localhost
  connection: local
  gather_facts: false
  tasks:
    - name: configuration
      ansible.builtin.file: { path: "$T/{{ item.name }}", state: "{{ item.state }}" }
      loop: [{ name: first, state: directory }, { name: second, state: file }]
      notify: restart
  handlers:
    - { name: restart, ansible.builtin.debug: { msg: "restarted" } }
P
play() { HOME=$T ANSIBLE_NOCOLOR=1 venv/bin/ansible-playbook -i localhost, -e ansible_python_interpreter="$T/venv/bin/python" --force-handlers site.yml >"$1" 2>&1 || true; grep -E '^localhost +:' "$1" | tr -s ' ' | sed 's/ *$//'; grep -c restarted "$1" || true; }
first=$(play one)
touch second
next=$(play two)
wanted=$'localhost : ok=0 changed=0 unreachable=0 failed=1 skipped=0 rescued=0 ignored=0\n0\nlocalhost : ok=1 changed=0 unreachable=0 failed=0 skipped=0 rescued=0 ignored=0\n0'
[ -d first ] && [ "$first"$'\n'"$next" = "$wanted" ] || { echo "this has changed:" >&2; echo "$first"$'\n'"$next" >&2; tail -5 one >&2; exit 1; }
echo "the directory was made, and the handler never ran: $(echo "$next" | head -1)"
