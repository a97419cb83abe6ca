// SPDX-License-Identifier: Apache-2.0
// Where secrets are found; never what they are.
import type { Place } from '../../errors.js'
import type { Vaulted } from './vault-values.js'

/** Where a password of Ansible's vault comes from. It is Ansible's to read. */
export interface VaultId {
  /** The label that values encrypted with it carry. */
  readonly id: string
  /** A script prints the password, a file holds it. */
  readonly kind: 'file' | 'script'
  /** Absolute. */
  readonly path: string
  /** Where it is declared. */
  readonly where: Place
}

/**
 * Where a secret is found when it is needed: lib/engine/site/secrets.ts opens it. `file` is
 * absolute.
 */
export type SecretSource = { readonly env: string } | { readonly file: string } | VaultedSecret

/** A secret that is encrypted in patchrun.yml, and what it takes to open it. */
export interface VaultedSecret {
  readonly vaulted: Vaulted
  readonly where: Place
  /** Absolute path of patchrun.yml's directory. */
  readonly directory: string
  readonly vault: readonly VaultId[]
  /** ansible.executable, absolute. */
  readonly executable?: string
}
