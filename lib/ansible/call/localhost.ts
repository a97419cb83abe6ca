// SPDX-License-Identifier: Apache-2.0
/**
 * How a play can name the machine that Ansible runs on; each of them is in an inventory that does
 * not list it.
 */
export const LOCALHOST: readonly string[] = ['localhost', '127.0.0.1', '::1']
