# SPDX-License-Identifier: GPL-3.0-or-later
"""What the patchrun callbacks share. Lies outside callback/ so that Ansible does not take it for plugins."""
