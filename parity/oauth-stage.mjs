import { createHash } from "node:crypto";
import { createServer, get } from "node:http";
import { connect } from "node:net";

/** Plays one case of OAuth on one side: `globalThis.fetch`, the time, the browser and the user are the case's. */

/** Pi reads its own address once, so both sides share one; its own for each process where the system has many. */
export const CALLBACK_HOST =
  process.platform === "linux"
    ? `127.77.${(process.pid >> 8) & 255}.${1 + (process.pid % 254)}`
    : "127.0.0.1";

const NOW = 1_750_000_000_000;
const PORTS = { anthropic: 53692, "openai-codex": 1455 };

const real = { fetch: globalThis.fetch, setTimeout: globalThis.setTimeout, now: Date.now };

export async function play(side, kase) {
  const seen = { requests: [], callbacks: [], pages: [], waits: [], outcome: undefined, closed: undefined };
  const stage = { kase, seen, controller: new AbortController(), now: NOW, sent: new Map(), auth: {} };
  const port = PORTS[kase.provider];
  const occupant = kase.taken && (await occupy(port));
  globalThis.fetch = (url, init) => answer(stage, url, init);
  Date.now = () => stage.now;
  if (kase.provider === "github-copilot") globalThis.setTimeout = (run, ms) => wait(stage, run, ms);
  try {
    seen.outcome = { value: await kase.run(side, callbacks(stage)) };
  } catch (error) {
    const { name, message } = error ?? {};
    seen.outcome = { error: error instanceof Error ? { name, message } : { thrown: error } };
  } finally {
    globalThis.fetch = real.fetch;
    globalThis.setTimeout = real.setTimeout;
    Date.now = real.now;
    await stage.browsing;
    if (occupant) await new Promise((resolve) => occupant.close(resolve));
    if (port && kase.login) seen.closed = await refused(port);
  }
  const isPolicy = ({ url }) => url.endsWith("/policy");
  const policies = seen.requests.filter(isPolicy).sort((a, b) => (a.url < b.url ? -1 : 1));
  seen.requests = [...seen.requests.filter((request) => !isPolicy(request)), ...policies];
  return seen;
}

/** The next answer of the script for what is asked; the last one stays. */
async function answer(stage, url, init = {}) {
  const { kase, seen, sent } = stage;
  const { method = "GET", headers = {}, body } = init;
  const text = body === undefined ? null : String(body);
  seen.requests.push({
    url,
    method,
    headers,
    form: body instanceof URLSearchParams,
    body: named(stage, text),
  });
  const route = /device\/code|oauth\/access_token|copilot_internal|policy/.exec(url)?.[0] ?? "token";
  const count = sent.get(route) ?? 0;
  sent.set(route, count + 1);
  if (kase.abortAt?.fetch === count + 1 && kase.abortAt.route === route) stage.controller.abort();
  const script = kase.answers[route] ?? [{ status: 404, body: "no such route" }];
  const next = script[Math.min(count, script.length - 1)];
  if (next.fails) throw next.fails();
  return new Response(next.body, { status: next.status ?? 200, statusText: next.statusText ?? "" });
}

/** Puts names for what is drawn at random, if it is what it should be. */
function named({ auth }, body) {
  if (!body) return body;
  const fields = body.startsWith("{") ? JSON.parse(body) : Object.fromEntries(new URLSearchParams(body));
  const { code_verifier: verifier, state } = fields;
  if (verifier !== undefined) {
    const digest = createHash("sha256").update(verifier).digest("base64url");
    fields.code_verifier = digest === auth.challenge ? `<verifier ${verifier.length}>` : "<wrong>";
  }
  if (state !== undefined) fields.state = state === auth.state ? "<state>" : `wrong ${state}`;
  return body.startsWith("{") ? JSON.stringify(fields) : new URLSearchParams(fields).toString();
}

/** Time passes at once. */
function wait(stage, run, ms) {
  stage.seen.waits.push(ms);
  if (stage.kase.abortAt?.wait === stage.seen.waits.length) {
    setImmediate(() => stage.controller.abort());
    return {};
  }
  stage.now += ms;
  return setImmediate(run);
}

function callbacks(stage) {
  const { kase, seen, controller } = stage;
  const note = (name, value) => seen.callbacks.push([name, value]);
  const given = {
    onAuth: (first, second) => {
      const info = typeof first === "string" ? { url: first, instructions: second } : first;
      const url = new URL(info.url);
      const { searchParams } = url;
      const [state, challenge] = [searchParams.get("state"), searchParams.get("code_challenge")];
      stage.auth = { state, challenge, redirect: searchParams.get("redirect_uri") };
      if (state) searchParams.set("state", `<state ${state.length}>`);
      if (challenge) searchParams.set("code_challenge", `<challenge ${challenge.length}>`);
      note("auth", { ...info, url: url.href, positional: typeof first === "string" });
      if (kase.visits) stage.browsing = browse(stage);
    },
    onPrompt: async (prompt) => {
      note("prompt", prompt);
      if (kase.abortAt?.prompt) controller.abort();
      return typed(stage, kase.prompt ?? { form: "code", text: "SECRETcode" });
    },
    signal: controller.signal,
  };
  if (kase.progress) given.onProgress = (message) => note("progress", message);
  if (kase.manual) {
    given.onManualCodeInput = async () => {
      note("manual");
      await new Promise((resolve) => setImmediate(resolve));
      await stage.browsing;
      if (kase.manual.form === "refuses") throw new Error("Input closed");
      return typed(stage, kase.manual);
    };
  }
  return given;
}

/** What the user types or pastes. */
function typed({ auth }, { form, text = "SECRETcode", state = "right" }) {
  const held = state === "right" ? auth.state : state;
  const query = new URLSearchParams({ code: text, ...(state !== "none" && { state: held }) });
  if (form === "code") return ` ${text} `;
  if (form === "hash") return `${text}#${state === "none" ? "" : held}`;
  if (form === "query") return query.toString();
  if (form === "url") return `${auth.redirect}?${query}`;
  if (form === "denied") return `${auth.redirect}?error=access_denied&state=${held}`;
  return text;
}

/** The browser, one page after the other; from an address at which nobody listens there is nothing to see. */
async function browse({ kase, seen, auth }) {
  for (const { path, query } of kase.visits) {
    const url = new URL(path ?? auth.redirect, auth.redirect);
    url.hostname = CALLBACK_HOST;
    for (const [name, value] of Object.entries(query)) {
      url.searchParams.set(name, name === "state" && value === "right" ? auth.state : value);
    }
    seen.pages.push(await visit(url));
  }
}

function visit(url) {
  return new Promise((resolve) => {
    get(url, { agent: false }, (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (chunk) => {
        text += chunk;
      });
      response.on("end", () => {
        const { statusCode: status, headers } = response;
        // Pages of refusals are for people, and each side has its own.
        const words = [200, 404].includes(status) ? wordsOf(text) : undefined;
        resolve({ status, type: headers["content-type"], words });
      });
    }).on("error", () => resolve({ closed: true }));
  });
}

/** What a reader sees of a page, as it stands in the source. */
const wordsOf = (html) =>
  html
    .replace(/<(style|svg)[\s\S]*?<\/\1>/g, "")
    .replace(/<[^>]*>/g, " ")
    .replace(/\s+/g, " ")
    .trim();

function occupy(port) {
  const server = createServer((_request, response) => response.writeHead(503).end());
  return new Promise((resolve, reject) => {
    server.on("error", reject).listen(port, CALLBACK_HOST, () => resolve(server));
  });
}

function refused(port) {
  return new Promise((resolve) => {
    const socket = connect(port, CALLBACK_HOST, () => {
      socket.destroy();
      resolve(false);
    });
    socket.on("error", () => resolve(true));
  });
}
