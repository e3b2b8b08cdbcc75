import { conversation } from "./conversations.mjs";
import { cloudflare, model } from "./models.mjs";
import { environment, hook, simpleOptions, streamOptions, wrongTypes } from "./options.mjs";
import { createRandom, seedOf } from "./random.mjs";
import { answer, streamType } from "./streams.mjs";
import { WIRES } from "./wires/index.mjs";

/** Random conversations: what is asked of the provider, byte by byte. */

const SECTIONS = [
  { name: "requests", kind: "plain", share: 1 },
  { name: "requests with unpaired surrogates", kind: "surrogates", share: 0.2 },
  { name: "requests with calls and results out of place", kind: "pairs", share: 0.2 },
  { name: "requests with options of wrong types", kind: "types", share: 0.1 },
];

export function requestSections({ seed, count }) {
  return SECTIONS.map(({ name, kind, share }) => ({
    name,
    cases: Array.from({ length: Math.ceil(count * share) }, (_, index) => ({
      name: `#${index}`,
      // Made anew for each side, so that neither sees objects that the other has touched.
      make: (place) => request(createRandom(seedOf(seed, name, index)), kind, place),
    })),
  }));
}

function request(random, kind, { base }) {
  const target = model(random, base);
  const { context, tags } = conversation(random, target, kind === "types" ? "plain" : kind);
  const simple = random.chance(0.5);
  const options = simple ? simpleOptions(random) : streamOptions(random, target.api);
  if (kind === "types") Object.assign(options, wrongTypes(random));
  const { family } = WIRES.get(target.api);
  const call = random.weighted([
    [8, simple ? "streamSimple" : "stream"],
    [1, simple ? "completeSimple" : "complete"],
    [family ? 1 : 0, simple ? `streamSimple${family}` : `stream${family}`],
  ]);
  return {
    call,
    model: target,
    context,
    options,
    tags,
    hook: hook(random, target.api),
    env: { ...cloudflare, ...environment(random) },
    responses: [{ headers: streamType(target.api), steps: [answer(target.api)] }],
  };
}
