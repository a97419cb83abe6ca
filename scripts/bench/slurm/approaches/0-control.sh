# SPDX-License-Identifier: Apache-2.0
# No maintenance: the job stream alone.
