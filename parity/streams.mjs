import { cut, cutLineEnds, paced, style } from "./framing.mjs";
import { simpleModel } from "./models.mjs";
import { createRandom, seedOf } from "./random.mjs";
import { WIRES } from "./wires/index.mjs";

/** Random provider streams: what a host sees of them, event by event. */

const SECTIONS = [
  { name: "streams", share: 1 },
  { name: "streams, one event at a time", share: 0.2, slow: true },
  { name: "streams with unpaired surrogates", share: 0.1, surrogates: true },
  { name: "interleaved streams", share: 0.1, interleaved: true },
  { name: "malformed streams", share: 0.5, malformed: true },
  { name: "streams with CR and LF in two packets", share: 0.1, crlf: true },
];

export function streamSections({ seed, count }) {
  return SECTIONS.map(({ name, share, ...kind }) => ({
    name,
    cases: Array.from({ length: Math.ceil(count * share) }, (_, index) => ({
      name: `#${index}`,
      // A snapshot taken while the machine was busy is not a difference.
      patient: kind.slow,
      make: (place) => streamCase(createRandom(seedOf(seed, name, index)), kind, place),
    })),
  }));
}

function streamCase(random, { slow, crlf, ...kind }, { base, pause }) {
  const wire = WIRES.get(random.pick([...WIRES.keys()]));
  const { api } = wire;
  const writing = style(random);
  if (crlf) writing.eol = "\r\n";
  const frames = wire.random(random, writing, wire.events(random, kind));
  if (wire.type === "text/event-stream") {
    if (random.chance(0.05)) frames.unshift(random.pick(["\ufeff", "\n\n", ": hello\n\n"]));
    if (random.chance(0.1) && frames.length > 0) frames.push(frames.pop().trimEnd());
  }
  const whole = bytes(frames);
  const steps = slow ? paced(frames, pause) : crlf ? cutLineEnds(random, whole) : cut(random, whole);
  return {
    call: random.weighted([
      [8, "stream"],
      [1, "streamSimple"],
      [1, "complete"],
    ]),
    consume: random.chance(0.05) ? "result" : "events",
    paced: slow,
    model: simpleModel(base, api),
    context: {
      messages: [{ role: "user", content: "hi", timestamp: 0 }],
      tools: random.chance(0.5)
        ? ["read", "Bash"].map((name) => ({ name, description: "", parameters: {} }))
        : [],
    },
    options: { apiKey: random.pick(["sk-test", "sk-ant-oat01-test"]) },
    tags: new Set(Object.keys({ ...kind, ...(crlf && { crlf }) })),
    responses: [{ headers: streamType(api), steps }],
  };
}

/** The headers of a streamed response. */
export const streamType = (api) => ({ "content-type": WIRES.get(api).type });

/** The shortest complete answer, for cases that are about the request. */
export function answer(api) {
  return bytes(WIRES.get(api).frames(WIRES.get(api).answer));
}

/** The first events of that answer. */
export function beginning(api, count) {
  return bytes(WIRES.get(api).frames(WIRES.get(api).answer).slice(0, count));
}

/** Frames as bytes. */
export function bytes(frames) {
  return Buffer.concat(frames.map((frame) => Buffer.from(frame)));
}
