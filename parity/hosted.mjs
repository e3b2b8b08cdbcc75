import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makeScript } from "./hosted-cases.mjs";
import { GATEWAY, Gateway } from "./hosted-gateway.mjs";
import { Stage } from "./hosted-stage.mjs";
import { SWITCHES, Switcher } from "./hosted-switches.mjs";
import { createRandom, seedOf } from "./random.mjs";
import { VirtualTime } from "./virtual-time.mjs";

/** Hosts that drive a session: every event, hook, request and result in its order, and what is left at the end. */

const FIXED = [
  { name: "gateway", script: GATEWAY, Actor: Gateway },
  { name: "switches", script: SWITCHES, Actor: Switcher },
];

export async function compareSides({ seed, count, chosen, alpha, beta, report }) {
  const section = report.section("hosted");
  const unhandled = [];
  const note = (error) => unhandled.push(error?.message ?? String(error));
  process.on("unhandledRejection", note);
  const used = new Map();
  for (let index = -FIXED.length; index < count; index++) {
    const fixed = FIXED.at(index < 0 ? index : FIXED.length);
    const name = fixed?.name ?? `#${index}`;
    if (chosen !== undefined && chosen !== name) continue;
    const sides = [];
    for (const module of [alpha, beta]) {
      const script = fixed?.script ?? makeScript(createRandom(seedOf(seed, "hosted", index)));
      unhandled.length = 0;
      const lines = await play(module, script, fixed?.Actor ?? Stage);
      sides.push({ script, lines, unhandled: [...unhandled] });
    }
    const [left, right] = sides;
    for (const { do: name } of left.script.steps) used.set(name, (used.get(name) ?? 0) + 1);
    const differences = differencesOf(left, right);
    const kase = {
      call: "host",
      model: { api: "hosted" },
      options: {},
      tags: new Set(),
      script: left.script,
    };
    section.add(name, kase, differences, { alpha: left, beta: right });
    if (chosen !== undefined) for (const { lines } of sides) console.log(`${lines.join("\n")}\n`);
  }
  process.off("unhandledRejection", note);
  section.close();
  console.log(
    `  steps: ${[...used]
      .map(([name, times]) => `${name} ${times}`)
      .sort()
      .join(", ")}`,
  );
}

export function differencesOf(left, right) {
  const length = Math.max(left.lines.length, right.lines.length);
  for (let at = 0; at < length; at++) {
    const [a, b] = [left.lines[at] ?? "(end)", right.lines[at] ?? "(end)"];
    if (a === b) continue;
    const path = a.split(" ").slice(0, 2).join(" ").slice(0, 60);
    return [{ kind: "hosted", path, at, ...around(a, b) }];
  }
  const [a, b] = [left.unhandled.join(), right.unhandled.join()];
  return a === b ? [] : [{ kind: "hosted", path: "unhandled", at: length, alpha: a, beta: b }];
}

/** The two texts from shortly before they part. */
function around(alpha, beta) {
  let at = 0;
  while (at < alpha.length && alpha[at] === beta[at]) at++;
  const cut = (text) => `${text.slice(0, 40)} … ${text.slice(Math.max(0, at - 100), at + 160)}`;
  return { alpha: cut(alpha), beta: cut(beta) };
}

/** One case on one side: what was said, ids replaced by the order of their coming. */
export async function play(module, script, Actor) {
  const dir = mkdtempSync(join(tmpdir(), "parity-hosted-"));
  const time = new VirtualTime();
  Object.assign(process.env, { PI_CODING_AGENT_DIR: join(dir, "agent"), PI_PACKAGE_DIR: dir });
  const stage = new Actor(module, script, dir, time);
  time.install();
  try {
    await stage.play();
  } catch (error) {
    stage.say("host fails", error?.stack);
  } finally {
    time.remove();
    rmSync(dir, { recursive: true, force: true });
    for (const name of ["PI_CODING_AGENT_DIR", "PI_PACKAGE_DIR"]) delete process.env[name];
  }
  const plain = normaliser(dir);
  return stage.lines.map(plain);
}

/** Replaces what is random or of this machine; entries' ids by the order of their coming. */
function normaliser(dir) {
  const known = new Map();
  return (line) =>
    line
      .replaceAll(dir, "DIR")
      .replace(/[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}/g, "SESSION")
      .replace(/pi-bash-[0-9a-f]{16}/g, "pi-bash")
      .replace(/"([0-9a-f]{8})(?=\\?")/g, (_, id) => {
        if (!known.has(id)) known.set(id, known.size);
        return `"ID${known.get(id)}`;
      });
}
