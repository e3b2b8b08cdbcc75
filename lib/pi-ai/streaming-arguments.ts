// A tool call's arguments while they are written. They are parsed when somebody looks, and then only what is new; a
// stream that nobody looks at costs nothing.

import { PartialJson } from "../native.js";
import { parseStreamingJson } from "./json-parse.js";
import { revive } from "./json-value.js";

type Json = unknown;
type Path = (string | number)[];
type Parent = Record<string | number, Json>;

/** The arguments of one call. */
export class StreamingArguments {
  private text = "";
  /** What the reader has not got yet; apart from the whole, because taking a part of a growing string copies it all. */
  private unread = "";
  private reader: PartialJson | undefined;
  private current: Json;
  private path: Path = [];
  private override: { value: Json } | undefined;

  /** @param initial - what the call began with; it stands until the first piece comes, even an empty one. */
  constructor(private initial: Json) {}

  /** More of the JSON text. */
  append(piece: string): void {
    this.initial = {};
    this.text += piece;
    this.unread += piece;
    this.override = undefined;
  }

  /** What Pi's parser makes of the text so far, in an object of its own. */
  get(): Json {
    if (this.override) return this.override.value;
    const value = this.text === "" ? this.initial : clone(this.advance());
    this.override = { value };
    return value;
  }

  /** The host's own value, until the next piece comes. */
  set(value: Json): void {
    this.override = { value };
  }

  /** What Pi's parser makes of the whole text. */
  finish(): Json {
    return parseStreamingJson(this.text);
  }

  /** Replaces a block's `arguments` by these, parsed when read. */
  attach(block: object): void {
    Object.defineProperty(block, "arguments", {
      get: () => this.get(),
      set: (value) => this.set(value),
      enumerable: true,
      configurable: true,
    });
  }

  private advance(): Json {
    this.reader ??= new PartialJson();
    const { whole, tail } = this.reader.push(this.unread);
    this.unread = "";
    if (whole) {
      this.current = revive(whole);
      this.path = whole.open ? JSON.parse(whole.open) : [];
    } else if (tail) {
      this.current = grow(this.current, this.path, JSON.parse(tail));
    }
    return this.current;
  }
}

/** Appends to the string at the end of a path, in place. */
function grow(value: Json, path: Path, addition: string): Json {
  const last = path.at(-1);
  if (last === undefined) return `${value}${addition}`;
  let parent = value as Parent;
  for (const key of path.slice(0, -1)) parent = parent[key] as Parent;
  parent[last] = `${parent[last]}${addition}`;
  return value;
}

/** A copy that shares nothing but strings, so that what a host does to it stays its own. */
function clone(value: Json): Json {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(clone);
  const copy: Record<string, Json> = {};
  for (const [key, child] of Object.entries(value)) {
    if (key === "__proto__")
      Object.defineProperty(copy, key, {
        value: clone(child),
        enumerable: true,
        configurable: true,
        writable: true,
      });
    else copy[key] = clone(child);
  }
  return copy;
}
