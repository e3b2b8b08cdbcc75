// Logging in and refreshing, where Pi hangs, leaks or asks twice. What is as Pi's is compared in parity/oauth.mjs.

import { getEventListeners, once } from "node:events";
import { createServer, get, type IncomingMessage } from "node:http";
import { connect } from "node:net";
import {
  anthropicOAuthProvider,
  getOAuthApiKey,
  githubCopilotOAuthProvider,
  loginAnthropic,
  loginGitHubCopilot,
  loginOpenAICodex,
  type OAuthCredentials,
  type OAuthProviderInterface,
  openaiCodexOAuthProvider,
  refreshAnthropicToken,
  refreshGitHubCopilotToken,
  refreshOAuthToken,
  refreshOpenAICodexToken,
  registerOAuthProvider,
  resetOAuthProviders,
} from "argent-runtime/pi-ai/oauth";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

/** Linux has many loopback addresses, so that nobody else has the port. */
const HOST = process.platform === "linux" ? `127.78.1.${1 + (process.pid % 250)}` : "127.0.0.1";
const REFRESH = "refresh/secret-1";
const PORTS = { anthropic: 53692, codex: 1455 };
const CLAIM = "https://api.openai.com/auth";

type Fetch = (url: string, init: RequestInit) => Promise<Response>;

const stub = (answer: Fetch) => {
  const fetch = vi.fn(answer);
  vi.stubGlobal("fetch", fetch);
  return fetch;
};
const json = (value: unknown, status = 200) => new Response(JSON.stringify(value), { status });
const tokens = { access_token: "access-secret-2", refresh_token: "refresh-secret-2", expires_in: 3600 };
const jwt = (claims: unknown) => `h.${Buffer.from(JSON.stringify(claims)).toString("base64url")}.s`;

/** Answers nothing until the request is given up. */
const silence: Fetch = (_url, { signal }) =>
  new Promise((_, reject) => signal?.addEventListener("abort", () => reject(signal.reason)));

beforeEach(() => vi.stubEnv("PI_OAUTH_CALLBACK_HOST", HOST));
afterEach(() => {
  vi.unstubAllGlobals();
  vi.unstubAllEnvs();
  resetOAuthProviders();
});

/** A log-in whose page is open. */
async function begin(login: typeof loginAnthropic, more: Partial<Parameters<typeof loginAnthropic>[0]> = {}) {
  let show: (url: URL) => void = () => {};
  const shown = new Promise<URL>((resolve) => {
    show = resolve;
  });
  const onPrompt = () => new Promise<string>(() => {});
  const done = login({ onAuth: ({ url }) => show(new URL(url)), onPrompt, ...more });
  done.catch(() => {});
  const page = await shown;
  const back = new URL(page.searchParams.get("redirect_uri") ?? "");
  back.hostname = HOST;
  return { done, page, back, state: page.searchParams.get("state") ?? "" };
}

async function visit(back: URL, query: string | Record<string, string>) {
  const url = new URL(`?${new URLSearchParams(query)}`, back);
  const [response] = (await once(get(url, { agent: false }), "response")) as [IncomingMessage];
  let text = "";
  for await (const chunk of response.setEncoding("utf8")) text += chunk;
  return { response, text };
}

async function expectFree(port: number) {
  const server = createServer().listen(port, HOST);
  await once(server, "listening");
  await new Promise((resolve) => server.close(resolve));
}

describe.each([
  ["Anthropic", loginAnthropic, PORTS.anthropic],
  ["OpenAI", loginOpenAICodex, PORTS.codex],
])("a log-in to %s", (service, login, port) => {
  it("ends when the user refuses, and the page shows the reason as it is", async () => {
    const { done, back, state } = await begin(login);
    const { response, text } = await visit(back, { error: "<script>alert(1)</script>\u202e&", state });
    expect(response.statusCode).toBe(400);
    expect(text).toContain("&lt;script&gt;alert(1)&lt;/script&gt; &amp;");
    expect(text).not.toContain("<script>");
    expect(response.headers["content-security-policy"]).toContain("default-src 'none'");
    expect(response.headers["referrer-policy"]).toBe("no-referrer");
    await expect(done).rejects.toThrow(`${service} authentication did not complete. Error: <script>`);
    await expectFree(port);
  });

  it("listens to nobody who does not know its state", async () => {
    let giveUp: (error: Error) => void = () => {};
    const onManualCodeInput = () =>
      new Promise<string>((_, reject) => {
        giveUp = reject;
      });
    const { done, back } = await begin(login, { onManualCodeInput });
    for (const query of ["error=x", "code=c", "code=c&state=wrong", "error=x&state="]) {
      const { response, text } = await visit(back, query);
      expect(response.statusCode).toBe(400);
      expect(text).toContain("State mismatch.");
    }
    giveUp(new Error("Input closed"));
    await expect(done).rejects.toThrow("Input closed");
    await expectFree(port);
  });

  it("frees its port when the page cannot be shown", async () => {
    const onAuth = () => {
      throw new Error("no browser");
    };
    await expect(login({ onAuth, onPrompt: async () => "" })).rejects.toThrow("no browser");
    await expectFree(port);
  });

  it("can be given up while the browser is awaited, whatever connections it has", async () => {
    const { signal, abort } = controller();
    const { done } = await begin(login, { signal });
    const early = connect(port, HOST);
    await once(early, "connect");
    abort();
    await expect(done).rejects.toThrow("Login cancelled");
    await once(
      early.resume().on("error", () => {}),
      "close",
    );
    await expectFree(port);
    expect(getEventListeners(signal, "abort")).toEqual([]);
  });

  it("can be given up while the service is silent", async () => {
    const { signal, abort } = controller();
    const fetch = stub((url, init) => {
      setImmediate(abort);
      return silence(url, init);
    });
    const { done, back, state } = await begin(login, { signal });
    await visit(back, { code: "the-code", state });
    await expect(done).rejects.toThrow("Login cancelled");
    expect(fetch.mock.calls[0]?.[1].signal?.aborted).toBe(true);
  });

  it("is not begun when it has been given up", async () => {
    const onAuth = vi.fn();
    const signal = AbortSignal.abort();
    await expect(login({ onAuth, onPrompt: async () => "", signal })).rejects.toThrow("Login cancelled");
    expect(onAuth).not.toHaveBeenCalled();
  });

  it("keeps its proof to itself until the code is redeemed", async () => {
    const fetch = stub(async () =>
      json({ ...tokens, access_token: jwt({ [CLAIM]: { chatgpt_account_id: "a" } }) }),
    );
    const { done, page, back, state } = await begin(login);
    await visit(back, { code: "the-code", state });
    await done;
    const body = String(fetch.mock.calls[0]?.[1].body);
    const sent = body.startsWith("{") ? JSON.parse(body) : Object.fromEntries(new URLSearchParams(body));
    expect(sent.code_verifier).toMatch(/^[\w-]{43}$/);
    expect(page.href).not.toContain(sent.code_verifier);
  });
});

function controller() {
  const own = new AbortController();
  return { signal: own.signal, abort: () => own.abort() };
}

describe("a log-in to GitHub Copilot", () => {
  const device = {
    device_code: "device-secret",
    user_code: "A-1",
    verification_uri: "https://github.com/login/device",
    interval: 5,
    expires_in: 900,
  };

  beforeEach(() => vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date"] }));
  afterEach(() => vi.useRealTimers());

  const begun = (signal: AbortSignal) => {
    const done = loginGitHubCopilot({ onAuth: () => {}, onPrompt: async () => "", signal });
    done.catch(() => {});
    return done;
  };

  it("leaves nothing behind on the signal, however often it asks", async () => {
    const { signal, abort } = controller();
    const most = { listeners: 0, polls: 0 };
    stub(async (url) => {
      if (url.endsWith("/device/code")) return json(device);
      most.polls++;
      most.listeners = Math.max(most.listeners, getEventListeners(signal, "abort").length);
      return json({ error: "authorization_pending" });
    });
    const done = begun(signal);
    await vi.advanceTimersByTimeAsync(600_000);
    expect(most.polls).toBe(100);
    expect(most.listeners).toBeLessThanOrEqual(1);
    abort();
    await expect(done).rejects.toThrow("Login cancelled");
    expect(vi.getTimerCount()).toBe(0);
  });

  it("can be given up while GitHub is silent", async () => {
    const { signal, abort } = controller();
    stub(async (url, init) => (url.endsWith("/device/code") ? json(device) : silence(url, init)));
    const done = begun(signal);
    await vi.advanceTimersByTimeAsync(6000);
    abort();
    await expect(done).rejects.toThrow("Login cancelled");
  });

  it.each(["file:///etc/passwd", "javascript:alert(1)", "calc.exe"])("opens no %s", async (page) => {
    stub(async () => json({ ...device, verification_uri: page }));
    await expect(begun(new AbortController().signal)).rejects.toThrow("Invalid device code response fields");
  });
});

describe("an error", () => {
  const refreshes: [string, () => Promise<unknown>][] = [
    ["Anthropic's", () => refreshAnthropicToken(REFRESH)],
    ["Codex's", () => refreshOpenAICodexToken(REFRESH)],
    ["Copilot's", () => refreshGitHubCopilotToken(REFRESH)],
  ];
  const answers: [string, Fetch][] = [
    [
      "fields that lack one",
      async () => json({ access_token: "access-secret-2", refresh_token: "r-secret" }),
    ],
    ["a torn answer", async () => new Response('{"access_token":"access-secret-2')],
    ["an answer that a parser quotes", async () => new Response('{"token":"access-secret-2"x}')],
    ["a refusal with the token", async () => new Response(`spent: ${REFRESH}`, { status: 400 })],
    ["a refusal with a form", async () => new Response("refresh_token=r-secret&x=1", { status: 400 })],
    ["JSON in a text", async () => json({ error: JSON.stringify({ id_token: "i-secret" }) }, 401)],
    ["a transport that quotes the request", () => Promise.reject(new Error(`sent ${REFRESH}`))],
  ];
  describe.each(refreshes)("of %s refresh", (_name, refresh) => {
    it.each(answers)("after %s holds no secret", async (_answer, answer) => {
      stub(answer);
      const error = await refresh().catch((caught: Error) => caught);
      expect(error).toBeInstanceOf(Error);
      expect((error as Error).message).not.toMatch(/secret/);
    });
  });

  it("keeps what hosts look for", async () => {
    stub(async () => json({ error: { code: "refresh_token_reused", message: "Sign in again" } }, 401));
    await expect(refreshOpenAICodexToken(REFRESH)).rejects.toThrow(
      'OpenAI Codex token refresh failed (401): {"error":{"code":"refresh_token_reused","message":"Sign in again"}}',
    );
  });

  it("of a key says why in its cause", async () => {
    stub(async () => new Response(`spent: ${REFRESH}`, { status: 400 }));
    const stored = { anthropic: { refresh: REFRESH, access: "access-secret-1", expires: 0 } };
    const error = (await getOAuthApiKey("anthropic", stored).catch((caught) => caught)) as Error;
    expect(error.message).toBe("Failed to refresh OAuth token for anthropic");
    expect((error.cause as Error).message).toContain("status=400");
    expect((error.cause as Error).message).not.toMatch(/secret/);
  });
});

describe("a refresh", () => {
  it("does not wait for ever", async () => {
    const { signal, abort } = controller();
    const timeout = vi.spyOn(AbortSignal, "timeout").mockReturnValue(signal);
    stub(silence);
    const both = [refreshOpenAICodexToken(REFRESH), refreshGitHubCopilotToken(REFRESH)];
    expect(timeout).toHaveBeenCalledWith(30_000);
    abort();
    for (const one of both) await expect(one).rejects.toThrow("aborted");
    timeout.mockRestore();
  });

  const expired = { refresh: REFRESH, access: "a", expires: 0 };

  it("is one request for all who want it at the same time", async () => {
    const fetch = stub(async () => json(tokens));
    const all = await Promise.all([
      ...Array.from({ length: 50 }, () => refreshAnthropicToken(REFRESH)),
      anthropicOAuthProvider.refreshToken(expired),
      refreshOAuthToken("anthropic", expired),
      getOAuthApiKey("anthropic", { anthropic: expired }).then((key) => key?.newCredentials),
    ]);
    expect(fetch).toHaveBeenCalledTimes(1);
    for (const one of all)
      expect(one).toMatchObject({ access: "access-secret-2", refresh: "refresh-secret-2" });
    expect(all[0]).not.toBe(all[1]);
    await refreshAnthropicToken(REFRESH);
    expect(fetch).toHaveBeenCalledTimes(2);
  });

  it("that fails fails for all, and the next one asks again", async () => {
    const fetch = stub(async () => new Response("", { status: 500 }));
    const both = await Promise.allSettled([
      refreshOpenAICodexToken(REFRESH),
      refreshOpenAICodexToken(REFRESH),
    ]);
    expect(both.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
    await expect(refreshOpenAICodexToken(REFRESH)).rejects.toThrow("(500)");
    expect(fetch).toHaveBeenCalledTimes(2);
  });

  it("with a token that was just used gives what it was used for", async () => {
    const next = (refresh: string) => ({
      ...tokens,
      access_token: jwt({ [CLAIM]: { chatgpt_account_id: "acc" }, refresh }),
      refresh_token: refresh,
    });
    const reused = () => json({ error: { code: "refresh_token_reused" } }, 401);
    const left = new Map([
      ["rotating-1", next("rotating-2")],
      ["rotating-2", next("rotating-3")],
    ]);
    stub(async (_url, { body }) => {
      const used = String((body as URLSearchParams).get("refresh_token"));
      const answer = left.get(used);
      left.delete(used);
      return answer ? json(answer) : reused();
    });
    await refreshOpenAICodexToken("rotating-1");
    await refreshOpenAICodexToken("rotating-2");
    expect(await refreshOpenAICodexToken("rotating-1")).toMatchObject({
      refresh: "rotating-3",
      accountId: "acc",
    });
    await expect(refreshOpenAICodexToken("rotating-0")).rejects.toThrow("refresh_token_reused");
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 3_600_000 });
    await expect(refreshOpenAICodexToken("rotating-1")).rejects.toThrow("refresh_token_reused");
    vi.useRealTimers();
  });

  it("of another account is another request", async () => {
    const fetch = stub(async () => json({ token: "t", expires_at: 2_000_000_000 }));
    await Promise.all([
      refreshGitHubCopilotToken(REFRESH),
      refreshGitHubCopilotToken(REFRESH, "company.ghe.com"),
      refreshGitHubCopilotToken("another"),
    ]);
    expect(fetch).toHaveBeenCalledTimes(3);
  });

  it("by a host's own provider is shared by the accounts that are alike", async () => {
    const refreshToken = vi.fn(async (old: OAuthCredentials) => ({ ...old, expires: 5 }));
    const own: OAuthProviderInterface = {
      id: "own",
      name: "Own",
      login: async () => expired,
      refreshToken,
      getApiKey: ({ access }) => access,
    };
    registerOAuthProvider(own);
    const projects = ["one", "one", "two"].map((project) =>
      refreshOAuthToken("own", { ...expired, project }),
    );
    expect((await Promise.all(projects)).map(({ project }) => project)).toEqual(["one", "one", "two"]);
    expect(refreshToken).toHaveBeenCalledTimes(2);
  });

  it("keeps the refresh token where the service sends no other", async () => {
    const account = jwt({ [CLAIM]: { chatgpt_account_id: "acc" } });
    stub(async () => json({ access_token: account, expires_in: 60 }));
    expect(await refreshAnthropicToken(REFRESH)).toMatchObject({ refresh: REFRESH, access: account });
    expect(await refreshOpenAICodexToken(REFRESH)).toMatchObject({ refresh: REFRESH, accountId: "acc" });
  });

  it.each([
    [
      "the access token",
      { access_token: jwt({ [CLAIM]: { chatgpt_account_id: "acc" }, name: "ÿþ??>>" }) },
      "acc",
    ],
    [
      "the identity",
      { access_token: "opaque", id_token: jwt({ [CLAIM]: { chatgpt_account_id: "acc" } }) },
      "acc",
    ],
    ["what was stored", { access_token: "opaque" }, "stored"],
  ])("finds ChatGPT's account in %s", async (_where, answer, accountId) => {
    stub(async () => json({ ...tokens, ...answer }));
    const stored = { ...expired, accountId: "stored" };
    expect(await openaiCodexOAuthProvider.refreshToken(stored)).toMatchObject({ accountId });
  });

  it("asks the enterprise of the account", async () => {
    const fetch = stub(async () => json({ token: "t", expires_at: 2_000_000_000 }));
    const stored = { ...expired, enterpriseUrl: "company.ghe.com" };
    expect(await githubCopilotOAuthProvider.refreshToken(stored)).toMatchObject({
      enterpriseUrl: "company.ghe.com",
    });
    expect(fetch.mock.calls[0]?.[0]).toBe("https://api.company.ghe.com/copilot_internal/v2/token");
  });
});
