// SPDX-License-Identifier: Apache-2.0
// Prometheus' own parsers of its two text formats, for the test of `status --openmetrics`.
import { ensureVenv, pythons } from './venv.mjs'

const VERSION = '0.21.1'

/** {bin, version} or {reason}. */
export async function ensurePrometheusClient() {
  const python = (await pythons()).find(({ version: [, minor] }) => minor >= 9)
  if (!python) return { reason: 'the parsers of Prometheus need Python 3.9 or newer' }
  try {
    return { bin: await ensureVenv('prometheus-client', python.path, `prometheus-client==${VERSION}`, 'pip'), version: VERSION }
  } catch (error) {
    return { reason: `prometheus-client ${VERSION}: ${error.message}` }
  }
}
