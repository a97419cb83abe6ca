// SPDX-License-Identifier: Apache-2.0
// patchrun.yml on disk -> Fleet. Everything is read afresh at every call: the file, the lists, the
// inventories.
import { dirname, resolve } from 'node:path'
import { askInventory } from '../../ansible/programs/ask-inventory.js'
import { PatchrunError, refuse, type Place, type Problem } from '../../errors.js'
import { executableOf } from '../../fleet/policy/ansible-policy.js'
import type { HostList } from '../../fleet/declare/config.generated.js'
import { isControlMachine } from '../../fleet/names/host-name.js'
import type { ListEntry } from '../../fleet/lists/lists.js'
import { nearest } from '../../fleet/names/nearest.js'
import { ordered } from '../../fleet/declare/problem-order.js'
import {
  chooseEnvironment,
  environmentsOf,
  resolveFleet,
  type Sources,
} from '../../fleet/policy/resolve-fleet.js'
import { hostsOfGroup, type SourceInventory } from '../../fleet/lists/source-inventory.js'
import { calendarOf, type CalendarSource } from '../../fleet/policy/timing.js'
import type { Fleet, Freeze } from '../../fleet/declare/fleet.js'
import { checkDeclaration, type Declared } from '../../fleet/declare/declaration.js'
import { escapePointer } from '../../fleet/yaml/yaml-source.js'
import { InventoryMemo } from './inventory-memo.js'
import { readListCommand, readListFile, readText } from './list-source.js'

export interface OpenFleetOptions {
  /** Path of patchrun.yml. */
  readonly file: string
  readonly environment?: string
  /**
   * Path of ansible-inventory; asked for only when the declaration names an existing inventory.
   * `configured`: ansible.executable, absolute.
   */
  readonly ansibleInventory: (configured: string | undefined) => Promise<string>
  readonly signal?: AbortSignal
  /** What ansible-inventory answered lately, by path: kept by the caller between calls. */
  readonly memo?: InventoryMemo
  /** The clock, ms since the epoch: events of a calendar are wanted around it. */
  readonly now?: () => number
}

/**
 * Reads and checks the file alone, no list.
 * @throws PatchrunError config/unreadable, and all that parseDeclaration throws
 */
export async function readDeclaration(file: string): Promise<Declared> {
  const path = resolve(file)
  const text = await readText(path, {
    code: 'config/unreadable',
    message: `${path} can not be read`,
    hint: 'Name the file with -c PATH; "patchrun init" writes one to start from.',
    where: { file: path },
  })
  const { problems, declared } = checkDeclaration(path, text)
  refuse(
    ordered(
      unique([...problems, ...(declared && problems.length > 0 ? listProblems(declared) : [])]),
    ),
  )
  if (!declared) throw new Error('a declaration without problems and without content')
  return declared
}

/**
 * What the lists contradict each other in, as far as it can be told without asking a source: no
 * reason to hide it behind a slip elsewhere.
 */
function listProblems(declared: Declared): readonly Problem[] {
  const { nodes, environments, inventory } = declared.config
  const lists = [nodes, ...Object.values(environments ?? {}).map((e) => e.nodes)].flatMap((l) => [
    l.allow,
    l.deny,
    l.canary,
  ])
  if (
    inventory?.source !== undefined ||
    lists.some((list) => list?.some((entry) => typeof entry !== 'string'))
  )
    return []
  return environmentsOf(declared).flatMap((environment) => {
    try {
      resolveFleet(declared, { lists: new Map(), calendar: 'unread' }, { environment })
      return []
    } catch (error) {
      if (error instanceof PatchrunError) return error.problems
      throw error
    }
  })
}

/** Environments share the fleet's lists, and what is wrong in them. */
const unique = (problems: readonly Problem[]): Problem[] => [
  ...new Map(problems.map((p) => [JSON.stringify(p), p])).values(),
]

/**
 * Opens one environment of a fleet.
 * @throws PatchrunError with every problem found, code "config/…" (exit 3), "ansible/…" (exit 3) or
 * "usage/…" (exit 2)
 */
export async function openFleet(options: OpenFleetOptions): Promise<Fleet> {
  const declared = await readDeclaration(options.file)
  options.signal?.throwIfAborted()
  const environment = chooseEnvironment(declared, options.environment)
  const sources = await readSources(declared, environment, options)
  return resolveFleet(declared, sources, { environment })
}

/** What lies outside the declaration. Throws with the problems of all its sources. */
async function readSources(
  declared: Declared,
  environment: string,
  options: OpenFleetOptions,
): Promise<Sources> {
  const reader = new SourceReader(declared, options)
  const problems: Problem[] = []
  const attempt = async <T>(work: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await work()
    } catch (error) {
      if (!(error instanceof PatchrunError)) throw error
      problems.push(...error.problems)
      return undefined
    }
  }
  const lists = new Map<string, readonly ListEntry[]>()
  // One after the other: list commands and inventory scripts of one site tend to ask the same
  // controller.
  for (const { source, pointer } of listSources(declared, environment)) {
    const entries = await attempt(() => reader.entries(source, pointer))
    if (entries) lists.set(pointer, entries)
  }
  const source = declared.config.inventory?.source
  const inventory =
    source === undefined
      ? undefined
      : await attempt(() => reader.inventory(source, declared.places.place('/inventory/source')))
  const named = calendarOf(declared, environment)
  const calendar =
    named && (await attempt(() => reader.freezes(named, (options.now ?? Date.now)())))
  // Lists with holes in them would only produce problems that are none.
  refuse(ordered(problems))
  return { lists, ...(inventory ? { inventory } : {}), ...(calendar ? { calendar } : {}) }
}

type Source = Exclude<HostList[number], string>

/** A source that a list names, and where in the declaration. */
interface ListSource {
  readonly source: Source
  readonly pointer: string
}

/** Those of the fleet's lists, then those of the environment's. */
function listSources({ config }: Declared, environment: string): readonly ListSource[] {
  const own = config.environments?.[environment]
  return [
    ...sourcesIn(config.nodes, '/nodes'),
    ...sourcesIn(own?.nodes ?? {}, `/environments/${escapePointer(environment)}/nodes`),
  ]
}

const sourcesIn = (
  lists: Readonly<Partial<Record<'allow' | 'deny' | 'canary', HostList>>>,
  pointer: string,
): readonly ListSource[] =>
  Object.entries(lists).flatMap(([name, list = []]) =>
    list.flatMap((entry, i) =>
      typeof entry === 'string' ? [] : [{ source: entry, pointer: `${pointer}/${name}/${i}` }],
    ),
  )

/** Reads the sources of one declaration; each inventory is asked once. */
class SourceReader {
  private readonly directory: string
  private readonly asked = new Map<string, Promise<SourceInventory>>()
  private readonly memo: InventoryMemo

  constructor(
    private readonly declared: Declared,
    private readonly options: OpenFleetOptions,
  ) {
    this.directory = dirname(declared.file)
    this.memo = options.memo ?? new InventoryMemo()
  }

  async entries(source: Source, pointer: string): Promise<readonly ListEntry[]> {
    const { places } = this.declared
    const signal = this.options.signal ? { signal: this.options.signal } : {}
    if ('file' in source)
      return readListFile(resolve(this.directory, source.file), places.place(`${pointer}/file`))
    if ('command' in source)
      return readListCommand(
        source.command,
        this.directory,
        places.place(`${pointer}/command`),
        signal,
      )
    const where = places.place(`${pointer}/inventory`)
    const inventory = await this.inventory(source.inventory, where)
    const group = source.group ?? 'all'
    const hosts = hostsOfGroup(inventory, group) ?? (group === 'all' ? [] : undefined)
    if (!hosts) {
      const meant = nearest(group, inventory.groups.keys())
      throw new PatchrunError({
        code: 'config/unknown-group',
        message: `the inventory ${source.inventory} has no group "${group.slice(0, 80)}"`,
        hint: meant
          ? `Did you mean "${meant}"?`
          : 'A group without hosts is not shown by ansible-inventory.',
        where: places.place(`${pointer}/group`),
      })
    }
    // Many inventories list the machine Ansible runs on; it is never a node.
    return [{ kind: 'names', names: hosts.filter((name) => !isControlMachine(name)), where }]
  }

  async freezes({ path, zone, where }: CalendarSource, now: number): Promise<readonly Freeze[]> {
    const absolute = resolve(this.directory, path)
    const hint =
      'Nothing is changed without it: it may hold a freeze. Check the path; a relative one is taken from the directory of patchrun.yml.'
    const text = await readText(absolute, {
      code: 'config/calendar',
      message: `the calendar ${absolute} can not be read`,
      hint,
      where,
    })
    // Loaded only now: few fleets have one.
    const { calendarFreezes } = await import('../../fleet/policy/calendar.js')
    return calendarFreezes({ text, now, where }, zone)
  }

  inventory(path: string, where: Place): Promise<SourceInventory> {
    const absolute = resolve(this.directory, path)
    const before = this.asked.get(absolute)
    if (before) return before
    const { signal } = this.options
    const answer = this.memo.answer(absolute, async () =>
      askInventory({
        executable: await this.options.ansibleInventory(executableOf(this.declared)),
        inventory: absolute,
        cwd: this.directory,
        where,
        ...(signal ? { signal } : {}),
      }),
    )
    this.asked.set(absolute, answer)
    return answer
  }
}
