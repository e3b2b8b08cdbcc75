// What a session's entries come to: tokens and cost by model, tools, lessons. The entries are a file's, and any field of
// them may hold anything.

/** An entry, or a part of one, of which nothing is known. */
export type Fields = Record<string, unknown>;

/** A value as something with fields. */
export const fields = (value: unknown): Fields =>
  typeof value === "object" && value !== null ? (value as Fields) : {};

/** A value as a number. */
export const count = (value: unknown): number =>
  typeof value === "number" && Number.isFinite(value) && value > 0 ? value : 0;

/** A value as text; JSON where it is none. */
export const words = (value: unknown): string =>
  typeof value === "string" ? value : value === undefined ? "" : (JSON.stringify(value, undefined, 2) ?? "");

/** The parts of a message's content. */
export function blocksOf(content: unknown): Fields[] {
  if (Array.isArray(content))
    return content.map((block) => (typeof block === "string" ? textBlock(block) : fields(block)));
  return content === undefined || content === null || content === "" ? [] : [textBlock(words(content))];
}

const textBlock = (text: string): Fields => ({ type: "text", text });

/** What was used, in tokens and dollars. */
export interface Usage {
  turns: number;
  input: number;
  output: number;
  cacheRead: number;
  cacheWrite: number;
  cost: number;
}

/** A tool, as it was used. */
export interface ToolUse {
  calls: number;
  errors: number;
  /** Characters of text in all results. */
  resultLength: number;
}

/** A lesson that the model was shown. */
export interface Lesson {
  id: string;
  text: string;
  /** 0 to 1, where it is known. */
  confidence?: number;
}

/** A point in the course of a session. */
export interface Point {
  /** The entry, counted from 0. */
  entry: number;
  /** Tokens of the request and of its answer. */
  tokens: number;
  /** Of all until then, in dollars. */
  cost: number;
}

/** What a session comes to. */
export interface SessionFacts {
  /** By model. */
  usage: Map<string, Usage>;
  tools: Map<string, ToolUse>;
  course: Point[];
  lessons: { entry: number; time: string; lessons: Lesson[] }[];
}

/** Goes through a session's entries, branches that were left too: they cost as well. */
export function sessionFacts(entries: readonly Fields[]): SessionFacts {
  const facts: SessionFacts = { usage: new Map(), tools: new Map(), course: [], lessons: [] };
  let cost = 0;
  for (const [at, entry] of entries.entries()) {
    const message = fields(entry.message);
    const source = entry.type === "usage" ? entry : message;
    if (entry.type === "usage" || message.role === "assistant") {
      const spent = addUsage(facts.usage, source);
      cost += spent.cost;
      const tokens = spent.input + spent.output + spent.cacheRead + spent.cacheWrite;
      if (tokens > 0) facts.course.push({ entry: at, tokens, cost });
    }
    if (message.role === "assistant")
      for (const block of blocksOf(message.content))
        if (block.type === "toolCall") toolOf(facts.tools, block.name).calls++;
    if (message.role === "toolResult") {
      const tool = toolOf(facts.tools, message.toolName);
      if (message.isError === true) tool.errors++;
      for (const block of blocksOf(message.content)) tool.resultLength += words(block.text).length;
    }
    const lessons = lessonsOf(entry);
    if (lessons.length > 0) facts.lessons.push({ entry: at, time: words(entry.timestamp), lessons });
  }
  return facts;
}

function addUsage(all: Map<string, Usage>, source: Fields): Usage {
  const { input, output, cacheRead, cacheWrite, cost } = fields(source.usage);
  const spent: Usage = {
    turns: 1,
    input: count(input),
    output: count(output),
    cacheRead: count(cacheRead),
    cacheWrite: count(cacheWrite),
    cost: count(fields(cost).total),
  };
  const model = [source.provider, source.model].map(words).filter(Boolean).join("/") || "unknown";
  const sum = all.get(model) ?? { turns: 0, input: 0, output: 0, cacheRead: 0, cacheWrite: 0, cost: 0 };
  for (const key of Object.keys(sum) as (keyof Usage)[]) sum[key] += spent[key];
  all.set(model, sum);
  return spent;
}

function toolOf(tools: Map<string, ToolUse>, name: unknown): ToolUse {
  const tool = tools.get(words(name)) ?? { calls: 0, errors: 0, resultLength: 0 };
  tools.set(words(name), tool);
  return tool;
}

/** Lessons stand where a host records what its agent tells: with a message, or in an entry of its own. */
function lessonsOf(entry: Fields): Lesson[] {
  for (const place of [entry.message, entry.data, entry.details, fields(entry.message).details]) {
    const { injectedLessons, lessons } = fields(place);
    const list = injectedLessons ?? (/lesson|sis/i.test(words(entry.customType)) ? lessons : undefined);
    if (Array.isArray(list)) return list.map(lessonOf);
  }
  return [];
}

function lessonOf(value: unknown): Lesson {
  const outer = fields(value);
  const { id, text, confidence } = { ...fields(outer.lesson), ...outer };
  const known = typeof confidence === "number" && confidence >= 0 && confidence <= 1;
  return {
    id: words(typeof value === "object" ? id : value),
    text: words(text),
    ...(known && { confidence: confidence as number }),
  };
}
