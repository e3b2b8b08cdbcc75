// Credentials in files that other processes read and write too.

import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type OAuthCredentials,
  registerOAuthProvider,
  resetOAuthProviders,
} from "argent-runtime/pi-ai/oauth";
import { type AuthCredential, AuthStorage } from "argent-runtime/pi-coding-agent";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { runChild } from "./support/child.js";

const PROCESSES = Number(process.env.ARGENT_TEST_PROCESSES ?? 8);
const FAR = 4e12;

let dir: string;
let file: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "auth-"));
  file = join(dir, "auth.json");
});
afterEach(() => {
  resetOAuthProviders();
  rmSync(dir, { recursive: true });
});

const stored = () => JSON.parse(readFileSync(file, "utf8"));
const store = (data: unknown) => writeFileSync(file, JSON.stringify(data));
const key = (text: string): AuthCredential => ({ type: "api_key", key: text });
const expired = (refresh: string): AuthCredential => ({
  type: "oauth",
  refresh,
  access: "old",
  expires: 1,
  own: "kept",
});

/** Registers someone to log in to, who asks `refresh` for new tokens. */
function account(refresh: (credentials: OAuthCredentials) => Promise<OAuthCredentials>): void {
  registerOAuthProvider({
    id: "account",
    name: "Account",
    login: () => Promise.reject(new Error("not here")),
    refreshToken: refresh,
    getApiKey: ({ access }) => access,
  });
}

/** A promise to be kept by hand. */
function gate() {
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { open, opened };
}

describe("a file of credentials", () => {
  it("is its owner's alone, whatever it was", () => {
    store({ old: key("a") });
    chmodSync(file, 0o644);
    AuthStorage.create(file).set("new", key("b"));
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(stored()).toEqual({ old: key("a"), new: key("b") });
  });

  it("is reported and left alone while it is damaged; what is set meanwhile is saved once it is sound", () => {
    const damaged = '{"mine": {"key": sk-very-secret}}';
    writeFileSync(file, damaged);
    const storage = AuthStorage.create(file);
    storage.set("new", key("b"));
    const [error] = storage.drainErrors();
    expect(error?.name).toBe("SyntaxError");
    expect(error?.message).not.toContain("secret");
    expect(readFileSync(file, "utf8")).toBe(damaged);

    store({ mine: key("a") });
    storage.reload();
    expect(storage.getAll()).toEqual({ mine: key("a"), new: key("b") });
    storage.set("other", key("c"));
    expect(stored()).toEqual({ mine: key("a"), new: key("b"), other: key("c") });
  });

  it.each(["[]", "5", "null", '"text"'])("that holds %s is not overwritten", (text) => {
    writeFileSync(file, text);
    const storage = AuthStorage.create(file);
    storage.set("new", key("b"));
    expect(storage.drainErrors()).toHaveLength(1);
    expect(readFileSync(file, "utf8")).toBe(text);
    expect(storage.get("new")).toEqual(key("b"));
  });

  it("can be read, not written, while another program has the lock, and keeps nothing back", async () => {
    store({ mine: key("a") });
    mkdirSync(`${file}.lock`);
    const storage = AuthStorage.create(file);
    expect(await storage.getApiKey("mine")).toBe("a");
    storage.set("new", key("b"));
    expect(storage.drainErrors()).toMatchObject([{ code: "ELOCKED" }]);
    expect(stored()).toEqual({ mine: key("a") });
    rmSync(`${file}.lock`, { recursive: true });
    storage.set("other", key("c"));
    expect(Object.keys(stored())).toEqual(["mine", "new", "other"]);
  });

  it("is taken over from a program that died", () => {
    store({});
    mkdirSync(`${file}.lock`);
    utimesSync(`${file}.lock`, 1, 1);
    AuthStorage.create(file).set("new", key("b"));
    expect(stored()).toEqual({ new: key("b") });
    expect(existsSync(`${file}.lock`)).toBe(false);
  });
});

describe("a key that is encrypted or in another store", () => {
  it.each(["enc:v1:00:00:00", "op://vault/item"])("does not go out as %s", async (value) => {
    expect(await AuthStorage.inMemory({ mine: key(value) }).getApiKey("mine")).toBeUndefined();
  });
});

describe("a log-in whose time is up", () => {
  it("is refreshed once for all who ask, and keeps what the provider does not know of", async () => {
    store({ account: expired("r0"), other: key("a") });
    let refreshes = 0;
    account(async ({ refresh }) => ({ refresh: `${refresh}+${++refreshes}`, access: "new", expires: FAR }));
    const storages = [AuthStorage.create(file), AuthStorage.create(file)];
    const keys = await Promise.all(
      storages.flatMap((one) => [one.getApiKey("account"), one.getApiKey("account")]),
    );
    expect(keys).toEqual(["new", "new", "new", "new"]);
    expect(refreshes).toBe(1);
    expect(stored()).toEqual({
      account: { type: "oauth", refresh: "r0+1", access: "new", expires: FAR, own: "kept" },
      other: key("a"),
    });
  });

  it("does not undo what is set and removed while it is refreshed", async () => {
    store({ account: expired("r0"), gone: key("a") });
    const answer = gate();
    const asked = gate();
    account(async () => {
      asked.open();
      await answer.opened;
      return { refresh: "r1", access: "new", expires: FAR };
    });
    const storage = AuthStorage.create(file);
    const asking = storage.getApiKey("account");
    await asked.opened;
    storage.set("new", key("b"));
    storage.remove("gone");
    answer.open();
    expect(await asking).toBe("new");
    expect(storage.drainErrors()).toEqual([]);
    expect(Object.keys(stored())).toEqual(["account", "new"]);
    expect(storage.list()).toEqual(["account", "new"]);
  });

  it.each([
    ["anew", { ...expired("r9"), access: "newest", expires: FAR } as AuthCredential, "newest"],
    ["as a key", key("k"), "k"],
    ["out", undefined, undefined],
  ])("gives way when the user logs in %s meanwhile", async (_, next, wanted) => {
    store({ account: expired("r0") });
    const storage = AuthStorage.create(file);
    account(async () => {
      if (next) storage.set("account", next);
      else storage.remove("account");
      return { refresh: "r1", access: "new", expires: FAR };
    });
    expect(await storage.getApiKey("account")).toBe(wanted);
    expect(stored()).toEqual(next ? { account: next } : {});
  });

  it("is refreshed again when what it was refreshed to could not be stored", async () => {
    store({ account: expired("r0") });
    const tried: string[] = [];
    account(async ({ refresh }) => {
      tried.push(refresh);
      if (tried.length > 1) return { refresh: "r2", access: "newest", expires: FAR };
      rmSync(file);
      mkdirSync(file);
      return { refresh: "r1", access: "new", expires: 1 };
    });
    const storage = AuthStorage.create(file);
    await storage.getApiKey("account");
    rmSync(file, { recursive: true });
    expect(await storage.getApiKey("account")).toBe("newest");
    expect(tried).toEqual(["r0", "r1"]);
    expect(stored().account.refresh).toBe("r2");
  });

  it("takes what another program has stored when its own token was spent", async () => {
    store({ account: expired("r0") });
    const tried: string[] = [];
    account(async ({ refresh }) => {
      tried.push(refresh);
      if (refresh === "r1") return { refresh: "r2", access: "newest", expires: FAR };
      // Another program without a lock was quicker, and its token has run out by now.
      store({ account: expired("r1") });
      throw new Error("refresh_token_reused");
    });
    const storage = AuthStorage.create(file);
    expect(await storage.getApiKey("account")).toBe("newest");
    expect(tried).toEqual(["r0", "r1"]);
    expect(stored().account.refresh).toBe("r2");
  });

  it("is not lost when it cannot be stored", async () => {
    store({ account: expired("r0") });
    account(async () => {
      rmSync(file);
      mkdirSync(file);
      return { refresh: "r1", access: "new", expires: FAR };
    });
    const storage = AuthStorage.create(file);
    expect(await storage.getApiKey("account")).toBe("new");
    expect(storage.drainErrors().length).toBeGreaterThan(0);
    rmSync(file, { recursive: true });
    storage.set("other", key("a"));
    expect(stored().account.refresh).toBe("r1");
  });

  it("gives no key when it cannot be refreshed, and tells no token", async () => {
    store({ account: expired("refresh-token-r0") });
    account(() => Promise.reject(new Error("refused")));
    const storage = AuthStorage.create(file);
    expect(await storage.getApiKey("account")).toBeUndefined();
    expect(storage.drainErrors().map(String).join()).not.toContain("refresh-token-r0");
    expect(stored()).toEqual({ account: expired("refresh-token-r0") });
  });

  it(
    `is refreshed once by ${PROCESSES} processes that ask at once`,
    async () => {
      store({ account: expired("r0") });
      const waiting: (() => void)[] = [];
      const spent: string[] = [];
      const server = createServer((request, response) => {
        if (request.url === "/ready") {
          waiting.push(() => response.end());
          // All go at once.
          if (waiting.length === PROCESSES) for (const go of waiting) go();
          return;
        }
        spent.push(request.url as string);
        response.statusCode = spent.length === 1 ? 200 : 400;
        response.end(JSON.stringify({ refresh: "r1", access: "fresh", expires: FAR }));
      });
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
      const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
      const program = `
      import { registerOAuthProvider } from "argent-runtime/pi-ai/oauth";
      import { AuthStorage } from "argent-runtime/pi-coding-agent";
      registerOAuthProvider({
        id: "account", name: "Account", getApiKey: ({ access }) => access,
        refreshToken: async ({ refresh }) => {
          const response = await fetch("${origin}/" + refresh);
          if (!response.ok) throw new Error("refresh_token_reused");
          return response.json();
        },
      });
      const storage = AuthStorage.create(${JSON.stringify(file)});
      await (await fetch("${origin}/ready")).text();
      console.log(await storage.getApiKey("account"), storage.drainErrors().length);
    `;
      const limit = 20_000 + PROCESSES * 2_000;
      const ended = await Promise.all(Array.from({ length: PROCESSES }, () => runChild(program, { limit })));
      server.close();
      expect(ended.map(({ stdout, stderr }) => stdout + stderr)).toEqual(Array(PROCESSES).fill("fresh 0\n"));
      expect(spent).toEqual(["/r0"]);
      expect(stored().account).toMatchObject({ refresh: "r1", own: "kept" });
    },
    40_000 + PROCESSES * 2_000,
  );
});
