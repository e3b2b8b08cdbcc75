import { callbackCase, deviceCase, plainCase, refreshCase } from "./oauth-cases.mjs";
import { play } from "./oauth-stage.mjs";
import { createRandom, seedOf } from "./random.mjs";
import { different } from "./skills.mjs";

/** Log-ins, refreshes and the registry: what each side asks, shows, tells its host and gives. */

const SECTIONS = {
  "oauth registry": { make: plainCase, share: 1 },
  "oauth refresh": { make: refreshCase, share: 5 },
  "oauth callback": { make: callbackCase, share: 2 },
  "oauth device": { make: deviceCase, share: 3 },
};

export async function oauthSides() {
  return {
    alpha: await import("@mariozechner/pi-ai/oauth"),
    beta: await import("argent-runtime/pi-ai/oauth"),
  };
}

export async function compareSides({ seed, count, chosen, alpha, beta, report }) {
  for (const [name, { make, share }] of Object.entries(SECTIONS)) {
    const section = report.section(name);
    for (let index = 0; index < count * share; index++) {
      if (chosen !== undefined && chosen !== `#${index}`) continue;
      // What a case draws while it runs is drawn alike on both sides.
      const cases = [alpha, beta].map(() => make(createRandom(seedOf(seed, name, index))));
      const left = await play(alpha, cases[0]);
      const right = await play(beta, cases[1]);
      const { tags, provider } = cases[0];
      const whole = { alpha: left, beta: right };
      const differences = Object.keys(left).flatMap((key) => different(key, left[key], right[key]));
      if (/SECRET/.test(right.outcome.error?.message)) {
        differences.push({ kind: "leak", path: "", alpha: "", beta: right.outcome.error.message });
      }
      const kase = { call: name, model: { api: provider }, options: {}, tags, whole };
      section.add(`#${index}`, kase, differences, { alpha: {}, beta: {} });
    }
    section.close();
  }
}
