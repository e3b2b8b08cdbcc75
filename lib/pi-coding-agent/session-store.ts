// The entries of a session as hosts know them from Pi, a live array and a live map, filled from the file as somebody
// looks: an entry becomes an object when it is asked for, once, and keeps its identity. A host's own writes to the array
// or the map win; from then on they, and no longer the file's index, say what the session is.

import type { SessionLog } from "../native.js";
import type { FileEntry, LabelEntry, SessionEntry } from "./session-entries.js";

/** The most entries that are read ahead at once. */
const READ_AHEAD = 512;

/** When what was appended reaches the disk itself: when the system sees fit, within 50 ms, before the call returns. */
export type Durability = "none" | "batch" | "entry";

/** What is known of a whole file. */
export interface LogSummary {
  count: number;
  header: number | null;
  version: number | null;
  irregular: boolean;
  labels: number[];
  torn: [offset: number, length: number] | null;
  adopted: [offset: number, length: number][];
  bad: [offset: number, length: number][];
  unknown: [offset: number, length: number][];
}

/** A session's entries and, where they have one, their file. */
export class SessionStore {
  /** What hosts know as `fileEntries`. */
  readonly entries: FileEntry[];
  /** What hosts know as `byId`. */
  readonly byId: LazyMap;
  /** Whether a host has written to the array or the map. */
  detached = false;
  /** How many of the file's entries are known here. */
  logged = 0;
  private readonly made: FileEntry[];
  private next = 0;
  private ahead = 1;

  /** @param labelled - the numbers of the entries that set labels. */
  constructor(
    entries: FileEntry[],
    public log: SessionLog | undefined,
    private readonly labelled: number[] = [],
  ) {
    this.made = entries;
    if (log) {
      this.logged = log.count();
      this.made.length = this.logged;
    }
    this.byId = new LazyMap(this);
    this.entries = new Proxy(this.made, {
      get: (target, key) => {
        const number = typeof key === "string" ? Number(key) : Number.NaN;
        return Number.isInteger(number) && number < target.length && number >= 0
          ? this.inOrder(number)
          : Reflect.get(target, key);
      },
      has: (target, key) => {
        const number = typeof key === "string" ? Number(key) : Number.NaN;
        return (
          (Number.isInteger(number) && number >= 0 && number < target.length) || Reflect.has(target, key)
        );
      },
      ownKeys: (target) => {
        this.makeAll();
        return Reflect.ownKeys(target);
      },
      getOwnPropertyDescriptor: (target, key) => {
        if (typeof key === "string" && Number.isInteger(Number(key))) this.inOrder(Number(key));
        return Reflect.getOwnPropertyDescriptor(target, key);
      },
      set: (target, key, value) => {
        this.detach();
        return Reflect.set(target, key, value);
      },
      defineProperty: (target, key, descriptor) => {
        this.detach();
        return Reflect.defineProperty(target, key, descriptor);
      },
      deleteProperty: (target, key) => {
        this.detach();
        return Reflect.deleteProperty(target, key);
      },
    });
    for (const entry of entries) if (entry && entry.type !== "session") this.byId.keep(entry);
  }

  /** The file that holds these entries from now on. */
  use(log: SessionLog): void {
    this.log = log;
    this.logged = log.count();
  }

  /** The entries that set labels when the file was read. */
  labels(): LabelEntry[] {
    const labels = this.log ? this.pick(this.labelled) : this.made.filter(({ type }) => type === "label");
    return labels as LabelEntry[];
  }

  /** The entry that came last. */
  last(): SessionEntry | undefined {
    const last = this.made.length - 1;
    const entry = last < 0 ? undefined : this.pick([last])[0];
    return entry?.type === "session" ? undefined : entry;
  }

  /** The entry that last named the session. */
  name(): FileEntry | undefined {
    if (!this.log) return this.made.findLast(({ type }) => type === "session_info");
    const number = this.log.landmarks()[3] as number;
    return number < 0 ? undefined : this.pick([number])[0];
  }

  /** The entries that continue one; `undefined` when the file's index does not know it. */
  children(id: string): SessionEntry[] | undefined {
    const number = this.log?.find(id) ?? -1;
    return number < 0 ? undefined : this.picked(this.log?.children(number));
  }

  /** An entry and those that it continues; `undefined` when the file's index does not know it. */
  branch(id: string): SessionEntry[] | undefined {
    const number = this.log?.find(id) ?? -1;
    return number < 0 ? undefined : this.picked(this.log?.branch(number));
  }

  /** What counts when an entry is the last one; `undefined` when the file's index does not know it. */
  context(id: string): { settings: SessionEntry[]; counting: SessionEntry[] } | undefined {
    const number = this.log?.find(id) ?? -1;
    if (!this.log || number < 0) return undefined;
    const found = this.log.context(number);
    const settings = found.subarray(0, 2).filter((setting) => setting < this.made.length);
    return { settings: this.picked(settings), counting: this.picked(found.subarray(2)) };
  }

  private picked(numbers: ArrayLike<number> | undefined): SessionEntry[] {
    return this.pick(numbers ?? []) as SessionEntry[];
  }

  /** How many entries there are, the header included. */
  get count(): number {
    return this.made.length;
  }

  /** Makes objects of some entries. */
  pick(numbers: ArrayLike<number>): FileEntry[] {
    const picked: FileEntry[] = new Array(numbers.length);
    const missing: number[] = [];
    for (let at = 0; at < numbers.length; at++) {
      const number = numbers[at] as number;
      const entry = this.made[number];
      if (entry === undefined) missing.push(number);
      else picked[at] = entry;
    }
    if (missing.length === 0) return picked;
    for (let at = 0; at < missing.length; at += READ_AHEAD) this.make(missing.slice(at, at + READ_AHEAD));
    return Array.from(numbers, (number) => this.made[number] as FileEntry);
  }

  /** Makes objects of all entries, as far as the file still holds them. */
  makeAll(): void {
    if (!this.log) return;
    try {
      this.pick(Array.from({ length: this.made.length }, (_, number) => number));
    } catch {
      // Another program has cut the file; what was never looked at is gone, as it is from the disk.
    }
  }

  /** From now on the array and the map say what the session is. */
  detach(): void {
    if (this.detached) return;
    this.makeAll();
    this.detached = true;
    this.byId.refill(this.made);
  }

  /** Takes in an entry that was appended. */
  push(entry: SessionEntry): void {
    this.made.push(entry);
    this.byId.keep(entry);
  }

  /** Takes in what others have appended to the file; the new entries. */
  absorb(): FileEntry[] {
    if (!this.log) return [];
    const before = this.logged;
    this.logged = this.log.count();
    const numbers = Array.from({ length: this.logged - before }, (_, at) => before + at);
    if (!this.detached) {
      this.made.length = this.logged;
      return this.pick(numbers);
    }
    return this.take(this.read(numbers));
  }

  /** Takes in what the file holds and nobody here knows, but for an entry that is being appended; the new entries. */
  unknown(except?: string): FileEntry[] {
    const found: FileEntry[] = [];
    for (let at = 0; at < this.logged; at += READ_AHEAD) {
      const numbers = Array.from({ length: Math.min(READ_AHEAD, this.logged - at) }, (_, step) => at + step);
      found.push(
        ...this.read(numbers).filter(
          (entry) => entry.type !== "session" && entry.id !== except && !this.byId.has(entry.id),
        ),
      );
    }
    return this.take(found);
  }

  private read(numbers: number[]): FileEntry[] {
    const lines = this.log?.lines(numbers).split("\n") ?? [];
    const entries: FileEntry[] = numbers.map((_, at) => JSON.parse(lines[at] as string));
    // What an entry continued may have been lost; the array and the map must hang together as the index does.
    if (this.log?.hasAdopted()) {
      const adopted: [at: number, parentId: string | null][] = JSON.parse(this.log.adopted(numbers));
      for (const [at, parentId] of adopted) (entries[at] as SessionEntry).parentId = parentId;
    }
    return entries;
  }

  private take(entries: FileEntry[]): FileEntry[] {
    for (const entry of entries) {
      this.made.push(entry);
      if (entry.type !== "session") this.byId.keep(entry);
    }
    return entries;
  }

  /** The entries in the order of the file, for the map. */
  inFileOrder(): SessionEntry[] {
    this.makeAll();
    return this.made.filter(
      (entry): entry is SessionEntry => entry !== undefined && entry.type !== "session",
    );
  }

  /** The entry with an id. */
  find(id: string): SessionEntry | undefined {
    const number = this.log?.find(id) ?? -1;
    return number < 0 ? undefined : (this.pick([number])[0] as SessionEntry);
  }

  /** An entry that may be one of a walk through all: what follows is read with it. */
  private inOrder(number: number): FileEntry | undefined {
    if (this.made[number] === undefined && this.log) {
      this.ahead = number === this.next ? Math.min(this.ahead * 2, READ_AHEAD) : 1;
      const end = Math.min(number + this.ahead, this.made.length);
      this.next = end;
      this.pick(Array.from({ length: end - number }, (_, at) => number + at));
    }
    return this.made[number];
  }

  private make(numbers: number[]): void {
    for (const [at, entry] of this.read(numbers).entries()) {
      this.made[numbers[at] as number] = entry;
      if (entry.type !== "session") this.byId.keep(entry);
    }
  }
}

/** A map from ids to entries that knows all of them and makes objects of those that are asked for. */
export class LazyMap extends Map<string, SessionEntry> {
  constructor(private readonly store: SessionStore) {
    super();
    Object.defineProperty(this, "store", { enumerable: false });
  }

  private get isWhole(): boolean {
    return this.store.detached || !this.store.log;
  }

  /** Keeps an entry that has become an object. */
  keep(entry: SessionEntry): void {
    super.set(entry.id, entry);
  }

  /** Holds these entries, in this order. */
  refill(entries: FileEntry[]): void {
    super.clear();
    for (const entry of entries) if (entry && entry.type !== "session") super.set(entry.id, entry);
  }

  override get(id: string): SessionEntry | undefined {
    return super.get(id) ?? (this.isWhole ? undefined : this.store.find(id));
  }

  override has(id: string): boolean {
    return super.has(id) || (!this.isWhole && (this.store.log?.find(id) ?? -1) >= 0);
  }

  override get size(): number {
    this.whole();
    return super.size;
  }

  override set(id: string, entry: SessionEntry): this {
    this.store.detach();
    return super.set(id, entry);
  }

  override delete(id: string): boolean {
    this.store.detach();
    return super.delete(id);
  }

  override clear(): void {
    this.store.detach();
    super.clear();
  }

  override keys() {
    return super.keys.call(this.whole());
  }

  override values() {
    return super.values.call(this.whole());
  }

  override entries() {
    return super.entries.call(this.whole());
  }

  override [Symbol.iterator]() {
    return this.entries();
  }

  override forEach(visit: (entry: SessionEntry, id: string, map: Map<string, SessionEntry>) => void): void {
    super.forEach.call(this.whole(), visit);
  }

  /** This map, with every entry in it, in the order of the file. */
  private whole(): Map<string, SessionEntry> {
    if (!this.isWhole) this.refill(this.store.inFileOrder());
    return this;
  }
}
