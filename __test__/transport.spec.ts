// Whose network a turn uses: this library's own, or the host's when the host has one.

import { createServer } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { complete } from "argent-runtime/pi-ai";
import { Agent, getGlobalDispatcher, MockAgent, ProxyAgent, setGlobalDispatcher } from "undici";
import { afterEach, expect, it, vi } from "vitest";
import { anthropicModel, saying } from "./support/models.js";
import { anthropic, sse, startProvider } from "./support/provider.js";

const provider = await startProvider();
const claude = anthropicModel(provider.url);
const elsewhere = anthropicModel("http://api.example.test");
const answer = anthropic.answer("ok");
const ok = { stopReason: "stop", content: [{ type: "text", text: "ok" }] };
const dispatcher = getGlobalDispatcher();

afterEach(() => {
  vi.unstubAllGlobals();
  vi.unstubAllEnvs();
  setGlobalDispatcher(dispatcher);
});

it("the host's stub of fetch answers instead of the network", async () => {
  const stub = vi.fn(async () => new Response(answer, { headers: { "content-type": "text/event-stream" } }));
  vi.stubGlobal("fetch", stub);
  expect(await complete(elsewhere, saying("hi"), { apiKey: "key" })).toMatchObject(ok);
  expect(stub).toHaveBeenCalledTimes(1);
  const [url, init] = stub.mock.calls[0] as unknown as [string, RequestInit];
  expect(url).toBe("http://api.example.test/v1/messages");
  expect(init).toMatchObject({ method: "POST", headers: { "x-api-key": "key" } });
  expect(JSON.parse(init.body as string).model).toBe("claude-test");
});

it("a fetch given with the options is used for that turn", async () => {
  const own = vi.fn(async () => new Response(answer));
  expect(await complete(elsewhere, saying("hi"), { apiKey: "key", fetch: own })).toMatchObject(ok);
  expect(own).toHaveBeenCalledTimes(1);
});

it("a stub that is only roughly a response will do", async () => {
  const rough = async () => ({ ok: true, status: 200, headers: new Headers(), text: async () => answer });
  vi.stubGlobal("fetch", rough);
  expect(await complete(elsewhere, saying("hi"), { apiKey: "key" })).toMatchObject(ok);
});

it("undici's global dispatcher carries the turn once the host has set one", async () => {
  const mock = new MockAgent();
  mock.disableNetConnect();
  mock.get("http://api.example.test").intercept({ path: "/v1/messages", method: "POST" }).reply(200, answer);
  setGlobalDispatcher(mock);
  expect(await complete(elsewhere, saying("hi"), { apiKey: "key" })).toMatchObject(ok);
});

it("so do agents with settings, interceptors or a proxy", async () => {
  provider.scripts = [sse(answer)];
  const seen: string[] = [];
  const composed = new Agent().compose((dispatch) => (options, handler) => {
    seen.push(String(options.path));
    return dispatch(options, handler);
  });
  setGlobalDispatcher(composed);
  expect(await complete(claude, saying("hi"), { apiKey: "key" })).toMatchObject(ok);
  expect(seen).toEqual(["/v1/messages"]);

  const proxied: string[] = [];
  const proxy = createServer().on("connect", (request, socket) => {
    proxied.push(request.url ?? "");
    const onward = connect(Number(new URL(provider.url).port), "127.0.0.1", () => {
      socket.write("HTTP/1.1 200 OK\r\n\r\n");
      onward.pipe(socket).pipe(onward);
    });
    socket.on("error", () => onward.destroy());
    onward.on("error", () => socket.destroy());
  });
  await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
  setGlobalDispatcher(new ProxyAgent(`http://127.0.0.1:${(proxy.address() as AddressInfo).port}`));
  expect(await complete(elsewhere, saying("hi"), { apiKey: "key" })).toMatchObject(ok);
  expect(proxied).toEqual(["api.example.test:80"]);
  proxy.closeAllConnections();
  proxy.close();
});

it("an untouched fetch is left alone, also after Node has loaded its own", async () => {
  provider.scripts = [sse(answer)];
  await fetch(provider.url);
  setGlobalDispatcher(dispatcher);
  await complete(claude, saying("hi"), { apiKey: "key" });
  // Node's own client says so in its user agent or accepts in its own order.
  expect(provider.received.map(({ headers }) => headers["sec-fetch-mode"])).toEqual(["cors", undefined]);
});

it("ARGENT_TRANSPORT decides by force", async () => {
  provider.scripts = [sse(answer)];
  vi.stubEnv("ARGENT_TRANSPORT", "fetch");
  await complete(claude, saying("hi"), { apiKey: "key" });
  vi.stubEnv("ARGENT_TRANSPORT", "native");
  vi.stubGlobal("fetch", () => Promise.reject(new Error("not this one")));
  await complete(claude, saying("hi"), { apiKey: "key" });
  expect(provider.received.map(({ headers }) => headers["sec-fetch-mode"])).toEqual(["cors", undefined]);
});

it("a proxy of the environment is used, read at the time of the call", async () => {
  provider.scripts = [sse(answer)];
  vi.stubEnv("HTTP_PROXY", provider.url);
  expect(await complete(elsewhere, saying("hi"), { apiKey: "key" })).toMatchObject(ok);
  expect(provider.received[0]?.url).toBe("http://api.example.test/v1/messages");
  expect(await complete(claude, saying("hi"), { apiKey: "key" })).toMatchObject(ok);
  expect(provider.received[1]?.url).toBe("/v1/messages");
});

it("a client of the host's own sends the request in its own way", async () => {
  const create = vi.fn((_body: object, _options: object) => ({
    asResponse: async () => new Response(answer),
  }));
  const message = await complete(claude, saying("hi"), {
    client: { messages: { create } },
    timeoutMs: 5,
    maxRetries: 0,
  });
  expect(message).toMatchObject(ok);
  expect(create.mock.calls[0]?.[0]).toMatchObject({ model: "claude-test", stream: true });
  expect(create.mock.calls[0]?.[1]).toMatchObject({ timeout: 5, maxRetries: 0 });
});
