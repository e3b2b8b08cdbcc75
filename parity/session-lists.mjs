import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createRandom, seedOf } from "./random.mjs";

/** Random folders of sessions, sound and odd: what `list` and `listAll` return, and what they tell of their progress. */

const KASE = { call: "list", model: { api: "session" }, options: {}, tags: new Set() };

export async function compareSides({ seed, count, alpha, beta, report }) {
  const section = report.section("session lists");
  for (let index = 0; index < count; index++) {
    const random = createRandom(seedOf(seed, "session lists", index));
    const agent = mkdtempSync(join(tmpdir(), "parity-lists-"));
    const dirs = ["--work--", "--other--"].map((name) => join(agent, "sessions", name));
    const outer = process.env.PI_CODING_AGENT_DIR;
    process.env.PI_CODING_AGENT_DIR = agent;
    const differences = [];
    // Once cold, once from memory, once with some files changed.
    for (let round = 0; round < 3; round++) {
      if (round !== 1) for (const dir of dirs) fill(dir, random);
      const [left, right] = [
        await listed(alpha.SessionManager, dirs[0]),
        await listed(beta.SessionManager, dirs[0]),
      ];
      for (let at = 0; at < left.length; at++) {
        if (left[at] !== right[at])
          differences.push({ kind: "list", path: `.${round}.${at}`, ...around(left[at], right[at]) });
      }
    }
    if (outer === undefined) delete process.env.PI_CODING_AGENT_DIR;
    else process.env.PI_CODING_AGENT_DIR = outer;
    rmSync(agent, { recursive: true });
    section.add(`#${index}`, KASE, differences, { alpha: {}, beta: {} });
  }
  section.close();
}

async function listed(Manager, dir) {
  const texts = [];
  for (const list of [(told) => Manager.list("/work", dir, told), (told) => Manager.listAll(told)]) {
    const progress = [];
    const sessions = await list((...told) => progress.push(told));
    for (const session of sessions) texts.push(JSON.stringify({ ...session, keys: Object.keys(session) }));
    texts.push(JSON.stringify(progress), String(sessions.length));
  }
  return texts;
}

function around(alpha, beta = "") {
  let at = 0;
  while (at < alpha.length && alpha[at] === beta[at]) at++;
  const cut = (text) => text.slice(Math.max(0, at - 150), at + 150);
  return { alpha: cut(alpha), beta: cut(beta) };
}

function fill(dir, random) {
  mkdirSync(dir, { recursive: true });
  for (let i = 0; i < random.between(0, 6); i++) {
    const path = join(dir, random.pick(["a.jsonl", "b.jsonl", "c.jsonl", "d.jsonl", "e.txt"]));
    const lines = Array.from({ length: random.between(0, 8) }, () => JSON.stringify(entry(random)));
    if (random.chance(0.9)) lines.unshift(JSON.stringify(header(random)));
    if (random.chance(0.3))
      lines.splice(random.between(0, lines.length), 0, random.pick(["", "{", "x", "   "]));
    writeFileSync(path, lines.join("\n") + random.pick(["", "\n", "\r\n"]));
    utimesSync(path, 1_700_000_000 + random.between(0, 1e6), 1_700_000_000 + random.between(0, 1e6));
  }
}

const time = (random) =>
  random.pick([
    `2026-01-0${random.between(1, 9)}T00:00:00.000Z`,
    "2026-01-01T00:00:00+02:00",
    "not a time",
    "2026-01-01",
    "Jan 2, 2026 10:00 UTC",
    5,
    undefined,
  ]);

const header = (random) => ({
  type: random.pick(["session", "session", "session", "session", "message"]),
  id: `s${random.between(0, 99)}`,
  timestamp: random.pick(["2026-01-05T00:00:00.000Z", "2026-01-05", "not a time", undefined]),
  cwd: random.pick(["/work", "", undefined, 7]),
  parentSession: random.pick([undefined, "/old.jsonl"]),
});

const text = (random) =>
  random.pick([
    "",
    "hello",
    "caf\u00e9 \u{1F600}",
    "two\nlines",
    "  spaces  ",
    'say "x" \\ /',
    "\u0000\u2028",
  ]);

function content(random) {
  const block = () =>
    random.pick([
      { type: "text", text: text(random) },
      { type: "image", data: "AAAA", mimeType: "image/png" },
      { type: "thinking", thinking: "hm" },
      { type: "toolCall", id: "c", name: "n", arguments: { text: "no" } },
    ]);
  return random.chance(0.5) ? text(random) : Array.from({ length: random.between(0, 3) }, block);
}

const entry = (random) =>
  random.pick([
    {
      type: "message",
      id: "a",
      parentId: null,
      timestamp: time(random),
      message: {
        role: random.pick(["user", "assistant", "toolResult", undefined]),
        content: content(random),
        timestamp: random.pick([undefined, random.between(0, 2e12), "x", 0, -5]),
      },
    },
    { type: "session_info", name: random.pick(["name", " name ", "", undefined, "\ufeff x \u0085"]) },
    { type: "custom", message: { role: "user", content: "no" } },
    { type: "session", id: "second", cwd: "/second" },
    { type: "message", message: { role: "user" } },
  ]);
