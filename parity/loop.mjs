import { makeScript } from "./loop-cases.mjs";
import { Stage, tick } from "./loop-stage.mjs";
import { createRandom, seedOf } from "./random.mjs";

/** Scripted runs of agents: every event, hook, request and throw in its order, and what is left at the end. */

export async function compareSides({ seed, count, alpha, beta, report, chosen }) {
  const section = report.section("loop");
  const { now } = Date;
  let unhandled = [];
  const note = (error) => unhandled.push(error?.message ?? String(error));
  process.on("unhandledRejection", note);
  Date.now = () => 1_000_000;
  for (let index = 0; index < count; index++) {
    const name = `#${index}`;
    if (chosen !== undefined && chosen !== name) continue;
    const sides = [];
    for (const side of [alpha, beta]) {
      unhandled = [];
      const script = makeScript(createRandom(seedOf(seed, "loop", index)));
      const played = await play(side, script);
      sides.push({ ...played, unhandled, script });
    }
    const [left, right] = sides;
    const at = left.lines.findIndex((line, step) => line !== right.lines[step]);
    const same = at < 0 && left.lines.length === right.lines.length;
    const place = at < 0 ? left.lines.length : at;
    const differences = same ? [] : [{ kind: "loop", path: `.${place}`, ...excerpt(left, right, place) }];
    if (left.unhandled.join() !== right.unhandled.join()) {
      const [a, b] = [left.unhandled.join(), right.unhandled.join()];
      differences.push({ kind: "loop", path: ".unhandled", alpha: a, beta: b });
    }
    // What is meant to differ from Pi must be whole all the same.
    if (right.hung || right.dangling)
      differences.push({ kind: "ours", path: right.hung ? ".hangs" : ".dangling", alpha: "", beta: "" });
    const kase = { call: left.script.api, model: { api: "loop" }, options: {}, tags: new Set(), loop: left };
    section.add(name, kase, differences, { alpha: {}, beta: {} });
    if (chosen !== undefined) for (const { lines } of sides) console.log(`${lines.join("\n")}\n`);
  }
  Date.now = now;
  process.off("unhandledRejection", note);
  section.close();
}

function excerpt(left, right, at) {
  const cut = ({ lines }) => `${lines[at - 1]?.slice(0, 200)} > ${lines[at]?.slice(0, 400) ?? "(end)"}`;
  return { alpha: cut(left), beta: cut(right) };
}

async function play(side, script) {
  const stage = new Stage(side, script);
  for (const step of script.runs) {
    stage.say("run", step.kind);
    if (await stage.settles(stage.start(step))) break;
  }
  for (let turn = 0; turn < 5; turn++) await tick();
  stage.finish();
  return { lines: stage.lines, hung: stage.hung, dangling: stage.dangling(), ...stage.oddities };
}
