// A worker thread that appends so many messages to a session, one after the other.

import { workerData } from "node:worker_threads";
import { SessionManager } from "argent-runtime/pi-coding-agent";

const { path, name, count } = workerData;
const session = SessionManager.open(path);
for (let i = 0; i < count; i++)
  session.appendMessage({ role: "user", content: `${name} ${i}`, timestamp: 1 });
