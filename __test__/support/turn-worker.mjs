// A worker thread that runs one turn and tells its parent each event's type and, at the end, the message.

import { setTimeout as pause } from "node:timers/promises";
import { isMainThread, parentPort, workerData } from "node:worker_threads";
import { stream } from "argent-runtime/pi-ai";

if (!isMainThread) {
  const { model, prompt, env, fetched, stopAfter } = workerData;
  Object.assign(process.env, env);
  const turn = stream(
    model,
    { messages: [{ role: "user", content: prompt, timestamp: 1 }] },
    fetched ? { fetch: (...args) => fetch(...args) } : {},
  );
  let taken = 0;
  for await (const event of turn) {
    parentPort.postMessage({ type: event.type });
    if (++taken === stopAfter) {
      parentPort.postMessage({ type: "stopped" });
      // For ever, and without leaving the thread any way to go on.
      for (;;) await pause(1000);
    }
  }
  parentPort.postMessage({ type: "result", message: await turn.result() });
}
