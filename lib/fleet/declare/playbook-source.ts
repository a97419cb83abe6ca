// SPDX-License-Identifier: Apache-2.0
/** Whence the playbooks come, and what belongs to them. */
export interface PlaybookSource {
  /** URL, or absolute path of a local repository. */
  readonly repository: string
  readonly ref: string
  /** Path of the playbook within the repository. */
  readonly playbook: string
  readonly submodules: boolean
  /** What becomes of pointers of Git LFS. */
  readonly lfs: 'refuse' | 'name' | 'fetch'
  /** Whether the roles and collections of its requirements.yml are installed. */
  readonly requirements: boolean
}
