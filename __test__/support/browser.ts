// Chromium without a window, driven over its debugging protocol, where the machine has one.

import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { WebSocket } from "ws";

/** What Chromium is called on this machine; `undefined` when there is none. */
export const chromium = [process.env.CHROMIUM, "chromium", "chromium-browser", "google-chrome"].find(
  (name) => name && spawnSync(name, ["--version"]).status === 0,
);

/** A page that is open. */
export interface OpenPage {
  /** What an expression comes to there. */
  evaluate<T>(expression: string): Promise<T>;
  /** Addresses that the page asked for, itself aside. */
  requests: string[];
  /** What it said on the console, errors too. */
  said: string[];
}

/** Opens a page as on a telephone, hands it over and closes it. */
export async function withPage<T>(url: string, use: (page: OpenPage) => Promise<T>): Promise<T> {
  const profile = mkdtempSync(join(tmpdir(), "chromium-"));
  const args = ["--headless=new", "--no-sandbox", "--disable-gpu", "--remote-debugging-port=0"];
  const browser = spawn(chromium as string, [...args, `--user-data-dir=${profile}`, "about:blank"], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  try {
    const { port } = new URL(await debuggerUrl(browser));
    const targets = await fetch(`http://127.0.0.1:${port}/json/list`);
    const [target] = (await targets.json()) as { webSocketDebuggerUrl: string }[];
    const socket = new WebSocket(target?.webSocketDebuggerUrl as string);
    await once(socket, "open");
    const page = await load(socket, url);
    const result = await use(page);
    socket.close();
    return result;
  } finally {
    browser.kill("SIGKILL");
    await once(browser, "close");
    rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
  }
}

async function debuggerUrl(browser: ChildProcess): Promise<string> {
  let said = "";
  for await (const chunk of browser.stderr as AsyncIterable<Buffer>) {
    said += chunk;
    const [, url] = /listening on (ws:\S+)/.exec(said) ?? [];
    if (url) return url;
  }
  throw new Error(`Chromium did not start: ${said}`);
}

async function load(socket: WebSocket, url: string): Promise<OpenPage> {
  const answers = new Map<number, (message: { result: never; error?: object }) => void>();
  const [requests, said]: [string[], string[]] = [[], []];
  let loaded = () => {};
  const isLoaded = new Promise<void>((resolve) => {
    loaded = resolve;
  });
  socket.on("message", (data) => {
    const message = JSON.parse(String(data));
    const { method, params } = message;
    if (message.id !== undefined) answers.get(message.id)?.(message);
    else if (method === "Page.loadEventFired") loaded();
    else if (method === "Network.requestWillBeSent" && !/^data:/.test(params.request.url)) {
      if (params.request.url !== url) requests.push(params.request.url);
    } else if (method === "Log.entryAdded") said.push(params.entry.text);
    else if (method === "Runtime.consoleAPICalled" || method === "Page.javascriptDialogOpening")
      said.push(JSON.stringify(params));
  });
  let last = 0;
  const send = <T>(method: string, params: object = {}): Promise<T> =>
    new Promise((resolve, reject) => {
      const id = ++last;
      answers.set(id, ({ result, error }) =>
        error ? reject(new Error(JSON.stringify(error))) : resolve(result),
      );
      socket.send(JSON.stringify({ id, method, params }));
    });
  for (const domain of ["Page", "Network", "Log", "Runtime"]) await send(`${domain}.enable`);
  const phone = { width: 390, height: 844, deviceScaleFactor: 3, mobile: true };
  await send("Emulation.setDeviceMetricsOverride", phone);
  await send("Page.navigate", { url });
  await isLoaded;
  return {
    requests,
    said,
    evaluate: async (expression) => {
      const { result, exceptionDetails } = await send<{
        result: { value: never };
        exceptionDetails?: object;
      }>("Runtime.evaluate", { expression, returnByValue: true, awaitPromise: true });
      if (exceptionDetails) throw new Error(JSON.stringify(exceptionDetails));
      return result.value;
    },
  };
}
