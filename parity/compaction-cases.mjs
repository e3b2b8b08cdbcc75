import { object, text, words } from "./texts.mjs";

/** Random paths of sessions for compaction. Half of them hold nothing that Pi is known to get wrong. */

const PATHS = ["/a.ts", "/b.ts", "src/c.rs", "", "/ü 1.md"];
const IMAGE = { type: "image", data: "AAAA", mimeType: "image/png" };

export function session(random) {
  const writer = { random, entries: [], odd: random.chance(0.5), size: random.pick([0, 0, 300, 3000]) };
  const steps = random.weighted([
    [1, () => random.between(0, 4)],
    [4, () => random.between(5, 30)],
    [1, () => random.between(31, 80)],
  ]);
  for (let step = 0; step < steps; step++) addStep(writer);
  return writer.entries;
}

function add({ random, entries }, entry) {
  const parentId = entries.at(-1)?.id ?? null;
  const timestamp = new Date(1_700_000_000_000 + entries.length * 1000).toISOString();
  // Few sessions are broken, and not where Pi's defects show.
  const id = entry.type === "message" && random.chance(0.002) ? "" : `e${entries.length}`;
  entries.push({ ...entry, id, parentId, timestamp });
}

const say = (writer, message) => add(writer, { type: "message", message: { ...message, timestamp: 7 } });

/** A text that is now and then long. */
function some({ random, size }) {
  const short = text(random, { lone: random.chance(0.02) });
  return random.chance(0.3) ? short + "x".repeat(random.int(size * 4 + 1)) : short;
}

function blocks(writer, imageShare) {
  const { random } = writer;
  return random.times(0, 3, () =>
    random.chance(imageShare) ? { ...IMAGE } : { type: "text", text: random.chance(0.1) ? "" : some(writer) },
  );
}

function content(writer, imageShare = 0) {
  return writer.random.chance(0.5) ? some(writer) : blocks(writer, imageShare);
}

function addStep(writer) {
  const { random, odd, entries } = writer;
  random.weighted([
    [10, () => () => say(writer, { role: "user", content: content(writer, odd ? 0.2 : 0) })],
    [14, () => () => addAnswer(writer)],
    [2, () => () => say(writer, command(writer))],
    [
      1,
      () => () =>
        say(writer, { role: "custom", customType: "x", content: content(writer, 0.2), display: true }),
    ],
    [0.5, () => () => say(writer, { role: "branchSummary", summary: some(writer), fromId: "e0" })],
    [0.5, () => () => say(writer, { role: "compactionSummary", summary: some(writer), tokensBefore: 3 })],
    [0.3, () => () => say(writer, { role: "hook", content: "?" })],
    [
      odd ? 2 : 0,
      () => () =>
        add(writer, {
          type: "custom_message",
          customType: "x",
          content: content(writer, 0.2),
          display: false,
          details: { a: 1 },
        }),
    ],
    [
      odd ? 2 : 0,
      () => () =>
        add(writer, {
          type: "branch_summary",
          fromId: "e0",
          summary: random.chance(0.1) ? "" : some(writer),
          ...remembered(random),
        }),
    ],
    [1, () => () => add(writer, { type: "model_change", provider: "p", modelId: "m" })],
    [1, () => () => add(writer, { type: "thinking_level_change", thinkingLevel: "high" })],
    [0.5, () => () => add(writer, { type: "label", targetId: "e0", label: "x" })],
    [0.5, () => () => add(writer, { type: "custom", customType: "x", data: 1 })],
    [0.3, () => () => add(writer, { type: "session_info", name: "n" })],
    [1, () => () => addCompaction(writer, entries)],
  ])();
}

function remembered(random) {
  const files = () => random.some(PATHS);
  return {
    ...(random.chance(0.7) && {
      details: random.pick([{ readFiles: files(), modifiedFiles: files() }, { readFiles: "no" }, {}]),
    }),
    ...(random.chance(0.2) && { fromHook: true }),
  };
}

function addCompaction(writer, entries) {
  const { random } = writer;
  const kept = random.chance(0.9) && entries.length > 0 ? entries[random.int(entries.length)].id : "gone";
  add(writer, {
    type: "compaction",
    summary: some(writer),
    firstKeptEntryId: kept,
    tokensBefore: 9,
    ...remembered(random),
  });
}

function command(writer) {
  const { random } = writer;
  const exitCode = random.pick([0, 1, undefined, null]);
  return {
    role: "bashExecution",
    command: words(random),
    output: random.chance(0.2) ? "" : some(writer),
    exitCode,
    cancelled: random.chance(0.1),
    truncated: random.chance(0.3),
    ...(random.chance(0.5) && { fullOutputPath: "/tmp/out" }),
    ...(random.chance(0.2) && { excludeFromContext: true }),
  };
}

function addAnswer(writer) {
  const { random } = writer;
  const calls = random.chance(0.6) ? random.times(1, 3, (at) => call(writer, at)) : [];
  const said = random.times(0, 3, () =>
    random.chance(0.4) ? { type: "thinking", thinking: some(writer) } : { type: "text", text: some(writer) },
  );
  const usage = usageOf(random);
  const stopReason = random.pick(["stop", "toolUse", "aborted", "error"]);
  say(writer, {
    role: "assistant",
    content: [...said, ...calls],
    provider: "p",
    model: "m",
    ...(usage && { usage }),
    stopReason,
  });
  for (const { id, name } of calls) {
    if (random.chance(0.05)) continue;
    say(writer, {
      role: "toolResult",
      toolCallId: id,
      toolName: name,
      content: blocks(writer, 0.1),
      isError: false,
    });
  }
}

function call(writer, at) {
  const { random, entries } = writer;
  const name = random.pick(["read", "write", "edit", "bash"]);
  const path = random.weighted([
    [8, () => random.pick(PATHS)],
    [1, 5],
    [1, null],
  ]);
  const rest = object(random, 2, { lone: random.chance(0.02) });
  const args = random.chance(0.3) ? { ...rest, content: some(writer) } : rest;
  return {
    type: "toolCall",
    id: `c${entries.length}-${at}`,
    name,
    arguments: random.chance(0.8) ? { path, ...args } : args,
  };
}

/** As a provider counts it. */
export function usageOf(random) {
  if (random.chance(0.15)) return undefined;
  const count = () => random.pick([0, 5, 1200, 90_000]);
  const [input, output, cacheRead, cacheWrite] = [count(), count(), count(), count()];
  return {
    input,
    output,
    cacheRead,
    cacheWrite,
    totalTokens: random.pick([0, input + output + cacheRead + cacheWrite]),
  };
}
