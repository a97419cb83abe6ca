# SPDX-License-Identifier: Apache-2.0
# Ansible as it comes, apart from pipelining (a common tuning); nobody's own configuration, temporary files of this run.
export ANSIBLE_CONFIG="$B/ansible.cfg" ANSIBLE_PIPELINING=1 ANSIBLE_HOME="$OUT/ansible-home" ANSIBLE_LOCAL_TEMP="$OUT/ansible-tmp" ANSIBLE_NOCOLOR=1 \
  ANSIBLE_SSH_CONTROL_PATH_DIR=/run/ansible-cp ANSIBLE_PYTHON_INTERPRETER=/usr/bin/python3 LC_ALL=C.UTF-8
mkdir -p /run/ansible-cp
