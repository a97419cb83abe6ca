// SPDX-License-Identifier: Apache-2.0
// What the rest of the house knows of the state of one environment, wherever it lies: journal, lock
// and mailbox.
import type { EnvironmentState, JournalEvent } from '../rollout/index.js'
import type { CurrentHolder, Holder } from './disk/lock-files.js'
import type { Fate, Letter } from './disk/mailbox.js'

/** The right to write, of one process at a time. */
export interface Lock {
  /** Rises by one with each holder. */
  readonly token: number
  /**
   * A file of this machine that stands for the right to act: gone, replaced, marked released or run
   * out as soon as that ends.
   */
  readonly file: string
  /** Whom it was taken over from, when that process had died or gave no sign of life. */
  readonly takenFrom: Holder | null
  /** dead: its process is gone. silent: no sign of life for the time-out. */
  readonly takenBecause: 'dead' | 'silent' | null
  /**
   * Aborted, with a PatchrunError as its reason, as soon as the lock is found to be lost, or no
   * more surely ours.
   */
  readonly lost: AbortSignal
  release(): Promise<void>
}

/** The journal, open for its one writer: the holder of the lock. */
export interface Journal {
  readonly state: EnvironmentState
  /**
   * Appends one event and gives the state it leads to. When this resolves the event is where the
   * next process finds it, and the lock was still ours. When it throws nothing may be done on the
   * strength of the event. Errors: lock/lost, state/….
   */
  append(event: JournalEvent): Promise<EnvironmentState>
  close(): Promise<void>
}

/** Where people's words wait for the holder of the lock. */
export interface Mailbox {
  /**
   * Puts a word in and gives its id. When this resolves it is not lost any more. `now`: ms since
   * the epoch.
   */
  post(content: unknown, now: number): Promise<string>
  /** Everything that waits, oldest first. */
  letters(): Promise<readonly Letter[]>
  /** Takes out what is in the journal by now. */
  takeOut(name: string): Promise<void>
  /**
   * Puts a word that cannot be followed out of the way, with the reason beside it; says where it
   * lies.
   */
  setAside(name: string, why: string): Promise<string>
  fateOf(id: string): Promise<Fate>
  /** Where the word lies, for people. */
  placeOf(name: string): string
}

/** The state of one environment. */
export interface Store {
  readonly mail: Mailbox
  /**
   * What the journal amounts to; `age`: as it is, or was no longer than so many ms ago. Errors:
   * state/….
   */
  read(age?: number): Promise<EnvironmentState>
  /** When something was written last, ms since the epoch; null: never. */
  writtenAt(): Promise<number | null>
  /**
   * Tries out what a run needs, where that is more than the state directory; says what was found.
   * Errors: state/….
   */
  probe?(): Promise<string>
  /** Who holds the lock, if anybody does. */
  holder(): Promise<CurrentHolder | null>
  /** Takes the lock or throws lock/held, naming the holder. `now`: ms since the epoch. */
  take(now: number): Promise<Lock>
  /** Opens the journal for the holder of the lock. Errors: lock/lost, state/…. */
  open(lock: Lock): Promise<Journal>
}
