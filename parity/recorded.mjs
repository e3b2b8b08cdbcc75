import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { cut, paced } from "./framing.mjs";
import { simpleModel } from "./models.mjs";
import { createRandom, seedOf } from "./random.mjs";
import { bytes } from "./streams.mjs";
import { WIRES } from "./wires/index.mjs";

/**
 * Recorded streams of real providers, from a folder outside the project: one folder an API, one file
 * a response, one JSON chunk a line. Each is played whole, at random cuts, and one event at a time.
 */
export function recordedSections({ seed, folder, cuts = 5 }) {
  const cases = [];
  for (const [api, wire] of WIRES) {
    const place = join(folder, api);
    if (!existsSync(place)) continue;
    for (const file of readdirSync(place).sort()) {
      const lines = readFileSync(join(place, file), "utf8").split("\n").filter(Boolean);
      const frames = wire.frames(lines);
      const whole = bytes(frames);
      const add = (way, steps, slow = false) =>
        cases.push({
          name: `${file} ${way}`,
          patient: slow,
          make: ({ base, pause }) => ({
            call: "stream",
            paced: slow,
            model: simpleModel(base, api),
            context: { messages: [{ role: "user", content: "hi", timestamp: 0 }] },
            options: { apiKey: "sk-test" },
            tags: new Set(["recorded"]),
            responses: [{ headers: { "content-type": wire.type }, steps: steps(pause) }],
          }),
        });
      add("whole", () => [whole]);
      for (let i = 0; i < cuts; i++) {
        add(`cut ${i}`, () => cut(createRandom(seedOf(seed, file, i)), whole));
      }
      // Long recordings would take seconds at one event a pause; their beginning shows as much.
      add("one event at a time", (pause) => paced(ends(frames), pause), true);
    }
  }
  return [{ name: "recorded streams", cases }];
}

const ends = (frames) => (frames.length > 68 ? [...frames.slice(0, 60), ...frames.slice(-8)] : frames);
