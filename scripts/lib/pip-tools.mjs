// SPDX-License-Identifier: Apache-2.0
// Tools of others, from pip, that contract tests hold ours against.
import { ensureVenv, pythons } from './venv.mjs'

/** Prometheus' own parsers of its two text formats. */
export const ensurePrometheusClient = () => ensureTool('prometheus-client', '0.21.1', 'pip')

/** Brings GitLab's own schema of its CI files, unchanged. */
export const ensureCheckJsonschema = () =>
  ensureTool('check-jsonschema', '0.39.0', 'check-jsonschema')

/** {bin, version} or {reason}. */
async function ensureTool(name, version, command) {
  const python = (await pythons()).find(({ version: [, minor] }) => minor >= 10)
  if (!python) return { reason: `${name} needs Python 3.10 or newer` }
  try {
    return { bin: await ensureVenv(name, python.path, `${name}==${version}`, command), version }
  } catch (error) {
    return { reason: `${name} ${version}: ${error.message}` }
  }
}
