// `argent-runtime doctor`: says what is wrong with a session's file.

import { parseArgs } from "node:util";
import { doctor } from "../pi-coding-agent/session-doctor.js";

export const usage = `Usage: argent-runtime doctor <session file> [--salvage <new file>] [--json]

Examines a session's file and says what is wrong with it. With --salvage what can be read goes into a new file.

Exit status: 0 the file is sound, or was salvaged; 1 it is damaged; 2 it could not be examined or salvaged.`;

export async function run(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { salvage: { type: "string" }, json: { type: "boolean", default: false } },
  });
  const [path, ...more] = positionals;
  if (path === undefined || more.length > 0) throw new Error(usage);
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
}
