// The command that shows a session as a page, and the page in a browser. What a session holds is hostile.

import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { SessionManager } from "argent-runtime/pi-coding-agent";
import { describe, expect, it } from "vitest";
import { chromium, withPage } from "./support/browser.js";
import { command } from "./support/host.js";
import { assistant, fileOf, talk, temporaryFolder, user } from "./support/sessions.js";

const folder = temporaryFolder();
const PIXEL =
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
const EVIL = `</pre></details></style><script>console.log("ran")</script><img src=x onerror='console.log(1)'><h1 id="own">"&amp;\u202e`;

type Message = Parameters<SessionManager["appendMessage"]>[0];
const say = (session: SessionManager, message: object) => session.appendMessage(message as Message);

const usage = (input: number, output: number, total: number) => ({
  input,
  output,
  cacheRead: 1000,
  cacheWrite: 0,
  totalTokens: input + output + 1000,
  cost: { input: 0, output: 0, cacheRead: 0, cacheWrite: 0, total },
});

/** A page of a session, and the command's answer. */
function inspected(path: string) {
  const output = join(folder.path, "page.html");
  const answer = command("inspect", path, "-o", output);
  return { ...answer, output, page: existsSync(output) ? readFileSync(output, "utf8") : "" };
}

/** A session with a call of a tool, a branch that was left, lessons and a picture. */
function rich(): SessionManager {
  const session = talk(folder.path, ["What is the capital of Peru?"]);
  const call = { type: "toolCall", id: "1", name: "look_up", arguments: { country: "Peru" } };
  const asked = say(session, {
    ...assistant(""),
    content: [call],
    usage: usage(200, 50, 0.25),
    stopReason: "toolUse",
  });
  say(session, {
    role: "toolResult",
    toolCallId: "1",
    toolName: "look_up",
    content: [
      { type: "text", text: "Lima" },
      { type: "image", data: PIXEL, mimeType: "image/png" },
    ],
    isError: true,
    timestamp: 3,
  });
  session.appendMessage(user("the first try"));
  session.branch(asked);
  session.appendCustomEntry("lessons", { lessons: [{ id: 7, text: "Look things up", confidence: 0.75 }] });
  session.appendCustomEntry("turn", {
    injectedLessons: [{ lesson: { id: 8, text: "Answer briefly" }, confidence: 0.25 }],
  });
  session.appendMessage(user("the second try"));
  const end = say(session, { ...assistant("Lima"), usage: usage(300, 10, 0.5) });
  session.appendLabelChange(end, "answered");
  session.appendSessionInfo("Capitals");
  return session;
}

describe("a page", () => {
  it("has all of a session, and nothing of it is changed", () => {
    const path = fileOf(rich());
    const before = readFileSync(path);
    const around = readdirSync(folder.path);
    const { status, stdout, page } = inspected(path);
    expect([status, stdout]).toEqual([0, `${join(folder.path, "page.html")}\n`]);
    expect(readFileSync(path)).toEqual(before);
    expect(readdirSync(folder.path).sort()).toEqual([...around, "page.html"].sort());
    for (const part of [
      "<title>Capitals</title>",
      "in 2 branches",
      "What is the capital of Peru?",
      "calls <b>look_up</b>",
      "Result of look_up",
      `<img alt="image/png" src="data:image/png;base64,${PIXEL}">`,
      "<mark>answered</mark>",
      "A branch that was left",
      "<td>anthropic/claude</td><td>2</td><td>500</td><td>60</td><td>2,000</td><td>0</td><td>$0.7500</td>",
      "<td>look_up</td><td>1</td><td>1</td><td>4</td>",
      "<td>7</td><td>Look things up</td><td>0.75</td>",
      "<td>8</td><td>Answer briefly</td><td>0.25</td>",
    ])
      expect(page).toContain(part);
    expect(page.indexOf("the second try</div>")).toBeLessThan(page.indexOf("the first try</div>"));
  });

  it("has what is kept outside of the session's file", () => {
    const session = talk(folder.path, ["hello", `begun ${"long ".repeat(20_000)}ended`], { blobs: true });
    expect(readFileSync(fileOf(session), "utf8")).not.toContain("ended");
    expect(inspected(fileOf(session)).page).toContain("long long ended</pre>");
  });

  it("is made of a damaged session too, and says what is wrong", () => {
    const path = fileOf(rich());
    const lines = readFileSync(path, "utf8").trimEnd().split("\n");
    lines[0] = `x${lines[0]}`;
    lines[3] = (lines[3] as string).slice(0, 50);
    writeFileSync(path, `${lines.join("\n")}\n{"type":"mess`);
    const before = readFileSync(path);
    const { status, page } = inspected(path);
    expect(status).toBe(0);
    expect(readFileSync(path)).toEqual(before);
    expect(page).toContain("<h2>Damage</h2>");
    for (const part of [
      "header at byte 0",
      "bad-line at byte ",
      "torn at byte ",
      "What is the capital",
      "Lima",
    ])
      expect(page).toContain(part);
  });

  it("is made of entries that hold anything", () => {
    const session = talk(folder.path, ["hello", "hi"]);
    const path = fileOf(session);
    const odd = [null, 7, "text", [], [null, 7, "x", { type: 3 }], { a: 1 }].flatMap((content, at) => [
      { type: "message", message: { role: "assistant", content, usage: content, model: content } },
      { type: "message", message: { role: "toolResult", content, toolName: content, details: content } },
      { type: "message", message: content },
      { type: "custom", customType: "lessons", data: { lessons: content } },
      { type: `kind ${at}`, content, summary: content },
    ]);
    let parentId = session.getLeafId();
    const lines = odd.map((entry, at) => {
      const line = JSON.stringify({ ...entry, id: `odd${at}`, parentId, timestamp: entry.message ?? at });
      parentId = `odd${at}`;
      return line;
    });
    writeFileSync(path, `${readFileSync(path, "utf8")}${lines.join("\n")}\n`);
    const { status, page, stderr } = { stderr: "", ...inspected(path) };
    expect([status, stderr]).toEqual([0, ""]);
    for (const [at] of odd.entries()) expect(page).toContain(`id="e${at + 2}"`);
  });

  it("is not written over the session, nor of what is none", () => {
    const path = fileOf(rich());
    const before = readFileSync(path);
    expect(command("inspect", path, "-o", path).status).toBe(2);
    expect(readFileSync(path)).toEqual(before);
    expect(command("inspect", join(folder.path, "nowhere.jsonl")).status).toBe(2);
    expect(command("inspect").status).toBe(2);
    expect(readdirSync(folder.path)).toEqual([expect.stringMatching(/\.jsonl$/)]);
  });
});

describe.skipIf(!chromium)(`a page in ${chromium ?? "Chromium, which is not here"}`, () => {
  it("fits a telephone", async () => {
    const session = rich();
    session.appendMessage(user(`${"word".repeat(500)}\n${"a b ".repeat(1000)}`));
    say(session, {
      ...assistant("x"),
      content: [{ type: "toolCall", id: "2", name: "n".repeat(300), arguments: { long: "y".repeat(900) } }],
    });
    const { output } = inspected(fileOf(session));
    const seen = await withPage(pathToFileURL(output).href, async ({ evaluate, requests, said }) => ({
      width: await evaluate("document.documentElement.scrollWidth"),
      size: await evaluate("parseFloat(getComputedStyle(document.querySelector('.text')).fontSize)"),
      curve: await evaluate("document.querySelector('polyline').getBoundingClientRect().width > 100"),
      picture: await evaluate("document.querySelector('img').naturalWidth"),
      link: await evaluate(
        "document.querySelector('li a').hash && !!document.querySelector(document.querySelector('li a').hash)",
      ),
      requests,
      said,
    }));
    expect(seen).toEqual({
      width: 390,
      size: 16,
      curve: true,
      picture: 1,
      link: true,
      requests: [],
      said: [],
    });
  });

  it("runs and loads nothing of what a session holds", async () => {
    const session = talk(folder.path, [EVIL]);
    const blocks = [
      { type: "text", text: EVIL },
      { type: "thinking", thinking: EVIL },
      { type: "toolCall", id: EVIL, name: EVIL, arguments: { [EVIL]: EVIL } },
      {
        type: "image",
        mimeType: "image/svg+xml",
        data: Buffer.from("<svg onload='console.log(1)'/>").toString("base64"),
      },
      { type: "image", mimeType: `image/png"onerror="console.log(1)`, data: PIXEL },
      { type: "image", mimeType: "image/png", data: `"><script>console.log(1)</script>` },
      { type: EVIL },
    ];
    const from = {
      provider: EVIL,
      model: EVIL,
      stopReason: "error",
      errorMessage: EVIL,
      usage: usage(1, 1, 1),
    };
    const id = say(session, { ...assistant(""), content: blocks, ...from });
    say(session, { role: "toolResult", toolCallId: EVIL, toolName: EVIL, content: EVIL, details: EVIL });
    session.appendCustomEntry(`lessons ${EVIL}`, { lessons: [{ id: EVIL, text: EVIL }] });
    session.appendCompaction(EVIL, id, 1);
    session.appendLabelChange(id, EVIL);
    session.appendSessionInfo(EVIL);
    const path = fileOf(session);
    const text = readFileSync(path, "utf8");
    const evil = JSON.stringify(EVIL).slice(1, -1);
    writeFileSync(path, text.replaceAll("/work", evil).replaceAll(`"${id}"`, `"${evil}"`));
    const { output } = inspected(path);
    const seen = await withPage(pathToFileURL(output).href, async ({ evaluate, requests, said }) => ({
      foreign: await evaluate(
        "document.querySelectorAll('script,img,iframe,object,link,form,#own,body h1 ~ h1').length",
      ),
      attributes: await evaluate(
        "[...document.querySelectorAll('*')].flatMap((one) => [...one.attributes]).filter(({ name }) => /^on/.test(name)).length",
      ),
      shown: await evaluate(
        "document.body.textContent.split('<script>console.log(\"ran\")</script>').length > 12",
      ),
      turned: await evaluate("document.body.textContent.includes('\\u202e')"),
      requests,
      said,
    }));
    expect(seen).toEqual({ foreign: 0, attributes: 0, shown: true, turned: false, requests: [], said: [] });
  });
});
