// Checks addons before they are published: no larger than 12 MB, and no newer glibc needed than 2.28.
//
//   node scripts/check-addon.mjs <native.*.node>...

import { readFileSync } from "node:fs";
import { basename } from "node:path";

const MOST_BYTES = 12e6;
const NEWEST_GLIBC = "2.28";

const byNumber = (one, other) => one.localeCompare(other, "en", { numeric: true });

for (const path of process.argv.slice(2)) {
  const bytes = readFileSync(path);
  // The names of the versions that a library needs stand in it as they are.
  const versions = bytes.toString("latin1").matchAll(/GLIBC_(\d+(?:\.\d+)+)\0/g);
  const needed = [...new Set([...versions].map(([, version]) => version))].sort(byNumber).at(-1);
  const facts = `${(bytes.length / 1e6).toFixed(1)} MB, ${needed ? `needs glibc ${needed}` : "needs no glibc"}`;
  console.log(`${basename(path)}: ${facts}`);
  const complaints = [];
  if (bytes.length > MOST_BYTES) complaints.push(`larger than ${MOST_BYTES / 1e6} MB`);
  if (needed && byNumber(needed, NEWEST_GLIBC) > 0)
    complaints.push(`needs a newer glibc than ${NEWEST_GLIBC}`);
  if (path.includes("linux") && path.includes("-gnu.") === (needed === undefined))
    complaints.push("made for the other C library");
  for (const complaint of complaints) {
    console.error(`${basename(path)}: ${complaint}`);
    process.exitCode = 1;
  }
}
