import { session, usageOf } from "./compaction-cases.mjs";
import { firstPath } from "./compare.mjs";
import { createRandom, seedOf } from "./random.mjs";

/** Random sessions: how they are measured, cut, written as text and summarised. */

const KASE = { call: "compaction", model: { api: "session" }, options: {}, tags: new Set() };
const API = "parity-summaries";

/** Pi's modules, and those inside it that it does not export. */
export async function compactionSides() {
  const side = async (scope, inner) => {
    const at = (name) => import(new URL(name, import.meta.resolve(`${scope}/pi-coding-agent`)));
    return {
      ai: await import(`${scope}/pi-ai`),
      ...(await at(inner)),
      ...(await import(`${scope}/pi-coding-agent`)),
      ...(await at(inner)),
    };
  };
  return {
    alpha: await side("@mariozechner", "core/compaction/index.js"),
    beta: await side("argent-runtime", "compaction/index.js"),
  };
}

export async function compareSides({ seed, count, chosen, alpha, beta, report }) {
  const sides = [alpha, beta].map((module) => ({ module, asked: answering(module.ai) }));
  const checks = { measures, cuts, preparations, branches, texts, summaries };
  for (const [name, check] of Object.entries(checks)) {
    const section = report.section(`compaction: ${name}`);
    for (let index = 0; index < count; index++) {
      if (chosen !== undefined && chosen !== `#${index}`) continue;
      const results = [];
      for (const side of sides) {
        const random = createRandom(seedOf(seed, "compaction", index));
        results.push(await check(side, session(random), random, alpha));
      }
      const found = firstPath(...results);
      section.add(`#${index}`, KASE, found ? [{ kind: name, ...found }] : [], {});
    }
    section.close();
  }
}

/** What a call returns, or that it throws. */
function tried(act) {
  try {
    return act();
  } catch (error) {
    return `threw ${error.constructor.name}`;
  }
}

// Pi's defects, which are mended here: Pi is asked about sessions in which they cannot show.

const isMended = ({ module }, pi) => module !== pi;

/** User images count. */
const counted = (message) =>
  message.role === "user" && Array.isArray(message.content)
    ? {
        ...message,
        content: message.content.map((block) =>
          block.type === "image" ? { type: "text", text: "x".repeat(4800) } : block,
        ),
      }
    : message;

/** And so do branch summaries and messages of extensions. */
function countedEntry(entry) {
  const { type, content, summary } = entry;
  if (type === "message") return { ...entry, message: counted(entry.message) };
  if (type === "custom_message") return { ...entry, type: "message", message: { role: "custom", content } };
  if (type === "branch_summary")
    return { ...entry, type: "message", message: { role: "branchSummary", summary } };
  return entry;
}

const FIRST = ["user", "assistant", "bashExecution", "custom", "branchSummary", "compactionSummary"];

/** Pi's cut; where all that may come first stands before what fills the budget, the last of it. */
function cutOf(pi, entries, start, end, keep) {
  const whole = entries.map(countedEntry);
  let reached = start;
  for (let at = end - 1, taken = 0; at >= start; at--) {
    if (whole[at].type !== "message") continue;
    taken += pi.estimateTokens(whole[at].message);
    reached = at;
    if (taken >= keep) break;
    reached = start;
  }
  const last = whole
    .slice(0, end)
    .findLastIndex(({ type, message }) => type === "message" && FIRST.includes(message.role));
  const found =
    start <= last && last < reached
      ? pi.findCutPoint(whole, start, last + 1, 0)
      : pi.findCutPoint(whole, start, end, keep);
  const first = found.firstKeptEntryIndex;
  const isUser = last < start || entries[first]?.message?.role === "user";
  const turnStartIndex = isUser ? -1 : pi.findTurnStartIndex(entries, first, start);
  return { firstKeptEntryIndex: first, turnStartIndex, isSplitTurn: !isUser && turnStartIndex !== -1 };
}

const messagesIn = (entries) => entries.flatMap(({ message }) => message ?? []);

function measures(side, entries, random, pi) {
  const { module } = side;
  const messages = messagesIn(entries);
  const shown = isMended(side, pi) ? messages : messages.map(counted);
  const window = random.pick([0, undefined, 1000, 200_000]);
  const settings = {
    enabled: random.chance(0.8),
    reserveTokens: random.pick([0, 16_384]),
    keepRecentTokens: 5,
  };
  const tokens = random.int(250_000);
  const usage = usageOf(random);
  return {
    each: shown.map((message) => module.estimateTokens(message)),
    context: module.estimateContextTokens(shown),
    last: entries.findIndex(
      ({ message }) => message?.usage && message.usage === module.getLastAssistantUsage(entries),
    ),
    usage: usage && module.calculateContextTokens(usage),
    // A window that is not known is never full.
    full: (window > 0 || isMended(side, pi)) && module.shouldCompact(tokens, window, settings),
    settings: module.DEFAULT_COMPACTION_SETTINGS,
  };
}

function cuts(side, entries, random, pi) {
  const { module } = side;
  const end = random.chance(0.5) ? entries.length : random.int(entries.length + 1);
  const start = random.chance(0.5) ? 0 : random.int(end + 1);
  const keep = budget(random);
  const at = random.int(entries.length + 2) - 1;
  return {
    cut: isMended(side, pi)
      ? module.findCutPoint(entries, start, end, keep)
      : cutOf(pi, entries, start, end, keep),
    turn: tried(() => module.findTurnStartIndex(entries, at, start)),
  };
}

const budget = (random) => random.pick([0, 10, 60, 300, 2000, 20_000, random.int(5000)]);

/** A preparation with its messages as the numbers of their entries, where they are the very same objects. */
function spelt(preparation, entries) {
  if (preparation === undefined) return "nothing";
  const numbered = (message) => {
    const at = entries.findIndex((entry) => entry.message === message);
    return at < 0 ? message : `#${at}`;
  };
  const lists = {};
  for (const key of ["messages", "messagesToSummarize", "turnPrefixMessages"]) {
    if (preparation[key]) lists[key] = preparation[key].map(numbered);
  }
  const { read, written, edited } = preparation.fileOps;
  return { ...preparation, ...lists, fileOps: [[...read], [...written], [...edited]] };
}

function preparations(side, entries, random, pi) {
  const settings = { enabled: true, reserveTokens: 1000, keepRecentTokens: budget(random) };
  const asPi = pi.prepareCompaction(entries, settings);
  const start = asPi ? startOf(entries) : 0;
  const cut = cutOf(pi, entries, start, entries.length, settings.keepRecentTokens);
  const kept = entries[cut.firstKeptEntryIndex]?.id;
  const isOff = asPi && (asPi.firstKeptEntryId !== kept || asPi.isSplitTurn !== cut.isSplitTurn);
  const whole = entries.map((entry) =>
    entry.message ? { ...entry, message: counted(entry.message) } : entry,
  );
  if (isMended(side, pi)) {
    const found = spelt(side.module.prepareCompaction(entries, settings), entries);
    return isOff && found !== "nothing" ? { ...found, fileOps: "by other messages" } : found;
  }
  if (!asPi || (isOff && !kept)) return "nothing";
  const turn = cut.isSplitTurn ? cut.turnStartIndex : cut.firstKeptEntryIndex;
  const mended = {
    ...asPi,
    firstKeptEntryId: kept,
    messagesToSummarize: entries.slice(start, turn).flatMap((entry) => said(pi, entry)),
    turnPrefixMessages: entries.slice(turn, cut.firstKeptEntryIndex).flatMap((entry) => said(pi, entry)),
    isSplitTurn: cut.isSplitTurn,
  };
  const found = isOff ? mended : asPi;
  if (found.messagesToSummarize.length + found.turnPrefixMessages.length === 0) return "nothing";
  const { tokens: tokensBefore } = pi.estimateContextTokens(pi.buildSessionContext(whole).messages);
  return { ...spelt({ ...found, tokensBefore }, entries), ...(isOff && { fileOps: "by other messages" }) };
}

function startOf(entries) {
  const at = entries.findLastIndex(({ type }) => type === "compaction");
  const kept = entries.findIndex(({ id }) => at >= 0 && id === entries[at].firstKeptEntryId);
  return at < 0 ? 0 : kept < 0 ? at + 1 : kept;
}

/** What an entry says, an empty summary too. */
function said(pi, entry) {
  if (entry.type === "message") return [entry.message];
  if (entry.type === "compaction") return [];
  const { summary } = entry;
  const [message] = pi.buildSessionContext([{ ...entry, parentId: null, summary: "?" }]).messages;
  return message ? [summary === undefined ? message : { ...message, summary }] : [];
}

function branches(side, entries, random, pi) {
  const { module } = side;
  const shown = isMended(side, pi)
    ? entries
    : entries.map((entry) => (entry.message ? { ...entry, message: counted(entry.message) } : entry));
  const all = module.prepareBranchEntries(shown).totalTokens;
  const most = random.pick([undefined, 0, budget(random), random.int(all + 1), random.int(all + 1)]);
  const prepared = spelt(module.prepareBranchEntries(shown, most), shown);
  const manager = treeOf(entries, random);
  const pick = () =>
    random.weighted([
      [9, () => `t${random.int(entries.length)}`],
      [1, "gone"],
      [1, null],
    ]);
  const found = module.collectEntriesForBranchSummary(manager, pick(), pick());
  return { prepared, ids: found.entries.map(({ id }) => id), ancestor: found.commonAncestorId };
}

/** The entries as a tree. */
function treeOf(entries, random) {
  const placed = entries.map((entry, at) => ({
    ...entry,
    id: `t${at}`,
    parentId: at === 0 ? null : `t${random.chance(0.8) ? at - 1 : random.int(at)}`,
  }));
  const byId = new Map(placed.map((entry) => [entry.id, entry]));
  const getEntry = (id) => byId.get(id);
  const getBranch = (id) => {
    const path = [];
    for (let entry = getEntry(id); entry; entry = getEntry(entry.parentId)) path.unshift(entry);
    return path;
  };
  return { getEntry, getBranch };
}

function texts({ module }, entries) {
  const messages = module.convertToLlm(messagesIn(entries));
  return { messages, text: whole(module.serializeConversation(messages)) };
}

/** A cut splits no character here; Pi's leaves the half of one. */
function whole(text) {
  return text.replace(
    /[\ud800-\udbff](\n\n\[\.\.\. )(\d+)( more characters truncated\])/g,
    (_, before, count, after) => `${before}${Number(count) + 1}${after}`,
  );
}

/** Answers requests with what the case says; tells what was asked. */
function answering(ai) {
  const state = { requests: [], answers: [] };
  const stream = (model, context, options) => {
    const { signal, ...rest } = options;
    state.requests.push({ model: model.id, ...context, ...rest, hasSignal: signal !== undefined });
    const message = { role: "assistant", content: [], api: API, ...state.answers.shift() };
    const events = new ai.AssistantMessageEventStream();
    const ended = message.stopReason === "error" || message.stopReason === "aborted";
    const outcome = ended
      ? { type: "error", reason: message.stopReason, error: message }
      : { type: "done", reason: "stop", message };
    queueMicrotask(() => events.push(outcome));
    return events;
  };
  ai.registerApiProvider({ api: API, stream, streamSimple: stream });
  return state;
}

async function summaries({ module, asked }, entries, random, pi) {
  const model = {
    id: "m",
    api: API,
    provider: "p",
    reasoning: random.chance(0.5),
    contextWindow: random.pick([0, 1_000_000]),
    maxTokens: 1000,
  };
  const answer = () =>
    random.weighted([
      [
        6,
        () => ({
          stopReason: "stop",
          content: [
            { type: "text", text: "one" },
            { type: "thinking", thinking: "t" },
            { type: "text", text: "two" },
          ],
        }),
      ],
      [1, () => ({ stopReason: "error", ...random.pick([{}, { errorMessage: "no" }]) })],
      [1, { stopReason: "aborted", content: [{ type: "text", text: "half" }] }],
    ]);
  const some = (value) => (random.chance(0.5) ? value : undefined);
  const signal = new AbortController().signal;
  const [focus, level, headers, previous] = [
    some("tests"),
    random.pick([undefined, "off", "high"]),
    some({ a: "b" }),
    some("before"),
  ];
  const messages = messagesIn(entries);
  const outcomes = [];
  const settled = async (promise) => {
    try {
      outcomes.push((await promise) ?? "undefined");
    } catch (error) {
      outcomes.push(`threw ${error.message}`);
    }
  };
  asked.requests = [];
  asked.answers = [answer(), answer(), answer(), answer()];
  await settled(
    module.generateSummary(messages, model, 1000, "key", headers, some(signal), focus, previous, level),
  );
  const replaceInstructions = random.chance(0.5);
  const options = {
    model,
    apiKey: "key",
    headers,
    signal,
    customInstructions: focus,
    replaceInstructions,
    reserveTokens: some(500),
  };
  // Images count here.
  const branch = entries.filter(
    ({ message }) => message?.role !== "user" || typeof message.content === "string",
  );
  await settled(module.generateBranchSummary(branch, options));
  const preparation = pi.prepareCompaction(entries, {
    enabled: true,
    reserveTokens: 999,
    keepRecentTokens: budget(random),
  });
  if (preparation && isWorthIt(preparation, pi))
    await settled(module.compact(preparation, model, "key", headers, focus, some(signal), level));
  for (const { messages } of asked.requests) {
    messages[0].timestamp = 0;
    messages[0].content[0].text = whole(messages[0].content[0].text);
  }
  return { outcomes, requests: asked.requests };
}

/** Whether a summary is shorter than what it stands for, and a summary before it is not lost. */
function isWorthIt({ messagesToSummarize, turnPrefixMessages, previousSummary }, pi) {
  const tokens = [...messagesToSummarize, ...turnPrefixMessages].reduce(
    (sum, message) => sum + pi.estimateTokens(message),
    0,
  );
  return tokens > 200 && (messagesToSummarize.length > 0 || !previousSummary);
}
