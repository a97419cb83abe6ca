# SPDX-License-Identifier: Apache-2.0
# The same playbook as a sliding window: strategy host_pinned with 4 forks and no serial. A node begins as soon as one of four is
# through, and nobody waits for the slowest of a batch. Less known, but plain Ansible.
source "$B/ansible-env.sh"
approach() { ANSIBLE_STRATEGY=host_pinned ansible-playbook -i "$INV" -f 4 -e batch=100% "$B/rolling.yml"; }
