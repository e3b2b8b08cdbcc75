import { spawnSync } from "node:child_process";

/** Pi beside itself must be alike; Pi with a fault must not, and the report must name the fault. */

const FAULTS = {
  "drop-event": "events",
  "change-delta": "events",
  "clone-message": "identity",
  "own-partials": "identity",
  "late-partials": "message",
  "error-text": "message",
  "key-order": "key order",
  "body-key": "body",
  "body-order": "body",
  "body-text": "body",
  header: "header",
  mutation: "mutation",
  retry: "requests",
};

function run(beta, fault = "", word = "") {
  const env = { ...process.env, PARITY_ALPHA: "@mariozechner/pi-ai", PARITY_BETA: beta, PARITY_FAULT: fault };
  const only = ["error-text", "retry"].includes(fault)
    ? "errors"
    : word === "body" || fault === "header"
      ? "requests"
      : "streams";
  const args = ["main.mjs", "--count", "20", ...(fault ? ["--only", only] : [])];
  const { status, stdout } = spawnSync(process.execPath, args, {
    env,
    cwd: import.meta.dirname,
    encoding: "utf8",
  });
  return { status, stdout };
}

let failed = 0;
const same = run("@mariozechner/pi-ai");
if (same.status !== 0) {
  failed++;
  console.log(`Pi beside itself differs\n${same.stdout}`);
}
for (const [fault, word] of Object.entries(FAULTS)) {
  const { status, stdout } = run("./broken.mjs", fault, word);
  const seen =
    status === 1 && stdout.split("\n").some((line) => line.startsWith("  ") && line.includes(word));
  if (!seen) failed++;
  console.log(`${fault}: ${seen ? "reported" : `NOT reported\n${stdout}`}`);
}
process.exit(failed === 0 ? 0 : 1);
