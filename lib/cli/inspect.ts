// `argent-runtime inspect`: a session as a page for a browser.

import {
  closeSync,
  existsSync,
  mkdtempSync,
  openSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { doctor } from "../pi-coding-agent/session-doctor.js";
import { SessionManager } from "../pi-coding-agent/session-manager.js";
import { page, type ShownSession } from "./page.js";
import { type Fields, fields } from "./session-facts.js";

export const usage = `Usage: argent-runtime inspect <session file> [-o <file>]

Writes a session as one HTML page: its tree, messages, tools, tokens, cost and lessons. The page asks for no other file
and runs no program; damaged sessions can be shown too, and none is touched. Without -o the page has the session's name
and .html, in the current folder; a page that is there is replaced.

Exit status: 0 the page is written; 2 it is not.`;

export async function run(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { output: { type: "string", short: "o" } },
  });
  const [path, ...more] = positionals;
  if (path === undefined || more.length > 0) throw new Error(usage);
  const output = resolve(values.output ?? `${basename(path, ".jsonl")}.html`);
  if (existsSync(output) && realpathSync(output) === realpathSync(path))
    throw new Error(`${output} is the session itself`);
  await withSession(resolve(path), (session) => write(output, page(session)));
  console.log(output);
  return 0;
}

/** Reads a session from a sound copy: opening a session's file mends it, and this one is not ours. */
async function withSession(path: string, show: (session: ShownSession) => void): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "argent-inspect-"));
  try {
    const copy = join(folder, "session.jsonl");
    const blobs = join(dirname(path), "blobs");
    if (existsSync(blobs)) symlinkSync(blobs, join(folder, "blobs"), "junction");
    const report = await doctor(path, { salvage: copy });
    const session = SessionManager.open(copy);
    show({
      name: session.getSessionName() ?? basename(path),
      header: fields(session.getHeader()),
      entries: session.getEntries() as unknown as Fields[],
      leaf: session.getLeafId(),
      labels: session.labelsById,
      report,
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Writes a file whole or not at all. */
function write(path: string, pieces: Iterable<string>): void {
  const temporary = `${path}.${process.pid}.new`;
  try {
    const file = openSync(temporary, "w");
    try {
      for (const piece of pieces) writeFileSync(file, piece);
    } finally {
      closeSync(file);
    }
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}
