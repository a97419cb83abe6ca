# SPDX-License-Identifier: Apache-2.0
# Ansible, serial: 4. The whole batch waits for its slowest node at every task.
source "$B/ansible-env.sh"
approach() { ansible-playbook -i "$INV" -f 24 -e batch=4 "$B/rolling.yml"; }
