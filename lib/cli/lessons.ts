// `argent-runtime lessons`: what an agent has learned, for those in charge of it.

import { readFile } from "node:fs/promises";
import { userInfo } from "node:os";
import { parseArgs } from "node:util";
import { generateConfidenceVisualization } from "../argent-agent/sis/confidence.js";
import type { Lesson } from "../argent-agent/sis/lesson.js";
import { createSIS } from "../argent-agent/sis/system.js";

/** How the command is used. */
export const usage = `Usage: argent-runtime lessons [list | search <words> | explain <id> | endorse <id> | oppose <id> | retire <id> |
                              restore <id> | export | import <file>] [--store <path or URL>] [--agent <id>] [--json]

Lists lessons, the most trusted first; says why one is trusted as it is; takes an operator's word for one or against it;
has one shown no more, or again; writes all as lines of JSON, or takes such lines in.`;

/** Runs the command with its arguments; the exit status. */
export async function run(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      store: { type: "string" },
      agent: { type: "string" },
      json: { type: "boolean", default: false },
    },
  });
  const [command = "list", ...rest] = positionals;
  const { storage } = createSIS({ store: values.store, agentId: values.agent });
  const print = (found: object, lines: () => string[]) =>
    console.log(values.json ? JSON.stringify(found, undefined, 2) : lines().join("\n"));
  const list = (lessons: Lesson[]) =>
    print(lessons, () => (lessons.length > 0 ? lessons.map(line) : ["no lessons"]));
  const id = () => {
    const number = Number((rest[0] ?? "").replace(/^L/i, ""));
    if (!Number.isSafeInteger(number) || number < 1) throw new Error(usage);
    return number;
  };
  switch (command) {
    case "list":
      list(await storage.listLessons({ includeRetired: true }));
      break;
    case "search":
      list(await storage.searchLessons(rest.join(" "), 20));
      break;
    case "explain": {
      const why = await storage.explainLesson(id());
      const history = await storage.buildLessonHistory(why.lesson.id);
      print(why, () => [
        line(why.lesson),
        ...detail(why.lesson),
        ...why.injections.map(({ episodeId, settled }) =>
          settled
            ? `  ${date(settled.at)} valence ${settled.preValence} -> ${settled.postValence}, credit ${settled.weight.toFixed(2)}${settled.contradicted ? ", contradicted" : ""} (${episodeId})`
            : "",
        ),
        ...why.endorsements.map(
          ({ endorserType, endorserId, strength, comment }) =>
            `  ${endorserType} ${endorserId}: ${strength}${comment ? ` (${comment})` : ""}`,
        ),
        ...(history ? [generateConfidenceVisualization(history).trimEnd()] : []),
      ]);
      break;
    }
    case "endorse":
    case "oppose": {
      const endorserId = userInfo().username;
      const strength = command === "endorse" ? 1 : -1;
      await storage.endorseLesson({ lessonId: id(), endorserType: "operator", endorserId, strength });
      list([(await storage.getLesson(id())) as Lesson]);
      break;
    }
    case "retire":
    case "restore":
      await (command === "retire" ? storage.deactivateLesson(id()) : storage.activateLesson(id()));
      list([(await storage.getLesson(id())) as Lesson]);
      break;
    case "export":
      process.stdout.write(await storage.exportLessons());
      break;
    case "import": {
      if (rest[0] === undefined) throw new Error(usage);
      const learned = await storage.importLessons(await readFile(rest[0], "utf8"));
      print(learned, () => [`${learned.added.length} added, ${learned.refused.length} refused`]);
      break;
    }
    default:
      throw new Error(usage);
  }
  return 0;
}

function line({ id, confidence, text, isActive, injectionCount, occurrences }: Lesson): string {
  const known = `${confidence.toFixed(2)} found ${occurrences}x, followed ${injectionCount}x`;
  return `L${id} ${known}${isActive ? "" : ", retired"}: ${text}`;
}

function detail({ type, context, correction, relatedTools, tags, createdAt, lastUsedAt }: Lesson): string[] {
  return [
    `  ${type}, learned ${date(createdAt)}, ${lastUsedAt === null ? "never shown" : `last shown ${date(lastUsedAt)}`}`,
    ...(context ? [`  where: ${context}`] : []),
    ...(correction ? [`  instead: ${correction}`] : []),
    ...(relatedTools.length > 0 ? [`  tools: ${relatedTools.join(", ")}`] : []),
    ...(tags.length > 0 ? [`  tags: ${tags.join(", ")}`] : []),
  ];
}

function date(time: number): string {
  return new Date(time).toISOString().slice(0, 16).replace("T", " ");
}
