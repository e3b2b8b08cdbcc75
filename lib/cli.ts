#!/usr/bin/env node
// The command `argent-runtime`.

import { parseArgs } from "node:util";
import { LESSONS_USAGE, lessonsCommand } from "./lessons-command.js";
import { doctor } from "./pi-coding-agent/session-doctor.js";

const USAGE = `Usage: argent-runtime doctor <session file> [--salvage <new file>] [--json]

Examines a session's file and says what is wrong with it. With --salvage what can be read goes into a new file.

Exit status: 0 the file is sound, or was salvaged; 1 it is damaged; 2 it could not be examined or salvaged.

${LESSONS_USAGE}`;

process.exitCode = await run();

async function run(): Promise<number> {
  try {
    const [, , first, ...rest] = process.argv;
    if (first === "lessons") return await lessonsCommand(rest);
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        salvage: { type: "string" },
        json: { type: "boolean", default: false },
        help: { type: "boolean", short: "h", default: false },
      },
    });
    const [command, path, ...more] = positionals;
    if (values.help) {
      console.log(USAGE);
      return 0;
    }
    if (command !== "doctor" || path === undefined || more.length > 0) throw new Error(USAGE);
    const { salvage } = values;
    const report = await doctor(path, { salvage });
    if (values.json) {
      console.log(JSON.stringify(report, undefined, 2));
    } else {
      const { entries, onBranch = entries, version, size, problems, unlisted, isSound } = report;
      for (const { kind, offset, length, id, text, file } of problems) {
        console.log(`${kind} at ${offset} (${length} bytes${id ? `, entry ${id}` : ""}): ${text}`);
        if (file) console.log(`  ${file}`);
      }
      if (unlisted > 0) console.log(`and ${unlisted} more`);
      console.log(
        `${isSound ? "sound" : "damaged"}: ${entries} entries, ${onBranch} on the last branch; version ${version}, ${size} bytes`,
      );
      if (salvage) console.log(`salvaged to ${salvage}`);
    }
    return report.isSound || salvage ? 0 : 1;
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    return 2;
  }
}
