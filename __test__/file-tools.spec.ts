// What hosts see of `read`, `write` and `edit` besides what is compared with Pi: aborts, order, operations, images.

import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createFileTools } from "argent-runtime/argent-agent";
import {
  createCodingTools,
  createEditTool,
  createReadOnlyTools,
  createReadTool,
  createReadToolDefinition,
  createWriteTool,
  withFileMutationQueue,
} from "argent-runtime/pi-coding-agent";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "file-tools-"));
});
afterEach(() => rmSync(dir, { recursive: true }));

const at = (name: string) => join(dir, name);
const textOf = (result: { content: { type: string; text?: string }[] }) => result.content[0]?.text;

describe("the sets of tools", () => {
  it("are Pi's, each tool a plain object with Pi's keys", () => {
    expect(createCodingTools(dir).map(({ name }) => name)).toEqual(["read", "bash", "edit", "write"]);
    expect(createReadOnlyTools(dir).map(({ name }) => name)).toEqual(["read", "grep", "find", "ls"]);
    const keys = "name,label,description,parameters,prepareArguments,executionMode,execute";
    for (const tool of createCodingTools(dir)) expect(Object.keys(tool).join()).toBe(keys);
  });

  it("share a tool's schema, so that its validator is compiled once", () => {
    expect(createReadTool("/a").parameters).toBe(createReadTool("/b").parameters);
  });

  it("go by Argent's names too, with a single pair of texts for edit_file", async () => {
    const tools = createFileTools(dir);
    expect(tools.map(({ name }) => name)).toEqual(["read_file", "write_file", "edit_file", "bash"]);
    writeFileSync(at("f"), "one two");
    await tools[2]?.execute("1", { path: "f", oldText: "one", newText: "1" });
    expect(readFileSync(at("f"), "utf8")).toBe("1 two");
  });
});

describe("an abort", () => {
  it("before the call leaves the file alone", async () => {
    writeFileSync(at("f"), "one");
    const signal = AbortSignal.abort();
    const edits = [{ oldText: "one", newText: "two" }];
    await expect(createEditTool(dir).execute("1", { path: "f", edits }, signal)).rejects.toThrow(
      "Operation aborted",
    );
    await expect(createWriteTool(dir).execute("1", { path: "f", content: "" }, signal)).rejects.toThrow(
      "Operation aborted",
    );
    expect(readFileSync(at("f"), "utf8")).toBe("one");
  });

  it("during a host's operation ends the call at once and writes nothing", async () => {
    const abort = new AbortController();
    const written: string[] = [];
    const operations = {
      access: async () => {},
      readFile: () => {
        abort.abort();
        return new Promise<Buffer>(() => {});
      },
      writeFile: async (path: string) => void written.push(path),
    };
    const edits = [{ oldText: "one", newText: "two" }];
    const call = createEditTool(dir, { operations }).execute("1", { path: "f", edits }, abort.signal);
    await expect(call).rejects.toThrow("Operation aborted");
    expect(written).toEqual([]);
    // The file is free for the next.
    await withFileMutationQueue(at("f"), async () => {});
  });
});

describe("changes of one file", () => {
  it("come one after the other, none is lost", async () => {
    const words = Array.from({ length: 50 }, (_, index) => `<${index}>`);
    writeFileSync(at("f"), words.join("\n"));
    const edit = createEditTool(dir);
    await Promise.all(
      words.map((word) => edit.execute("1", { path: "f", edits: [{ oldText: word, newText: `${word}!` }] })),
    );
    expect(readFileSync(at("f"), "utf8")).toBe(words.map((word) => `${word}!`).join("\n"));
  });

  it.skipIf(process.platform === "win32")("keep its mode", async () => {
    writeFileSync(at("f"), "one");
    chmodSync(at("f"), 0o750);
    await createEditTool(dir).execute("1", { path: "f", edits: [{ oldText: "one", newText: "two" }] });
    await createWriteTool(dir).execute("1", { path: "f", content: "three" });
    expect(statSync(at("f")).mode & 0o777).toBe(0o750);
    expect(readFileSync(at("f"), "utf8")).toBe("three");
  });

  it("leave what is no UTF-8 and other line breaks alone (D13)", async () => {
    writeFileSync(at("f"), Buffer.from("one\r\ntw\xff\ntres\r\n", "latin1"));
    await createEditTool(dir).execute("1", { path: "f", edits: [{ oldText: "one", newText: "1" }] });
    expect(readFileSync(at("f"), "latin1")).toBe("1\r\ntw\xff\ntres\r\n");
  });
});

describe("read", () => {
  it("tells a model without eyes that the image is left out", async () => {
    const pixel =
      "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
    writeFileSync(at("f"), Buffer.from(pixel, "base64"));
    const read = createReadToolDefinition(dir);
    const result = await read.execute("1", { path: "f" }, undefined, undefined, {
      model: { input: ["text"] },
    } as never);
    expect(textOf(result)).toContain("[Current model does not support images.");
    expect(result.content[1]).toEqual({ type: "image", data: pixel, mimeType: "image/png" });
  });

  it("shows a text that begins with GIF as a text", async () => {
    writeFileSync(at("f"), "GIFT LIST");
    expect(textOf(await createReadTool(dir).execute("1", { path: "f" }))).toBe("GIFT LIST");
  });

  it("counts the lines of a large file and shows those that were asked for", async () => {
    writeFileSync(at("f"), "line\n".repeat(1_000_000));
    const result = await createReadTool(dir).execute("1", { path: "f", offset: 500_000, limit: 1 });
    expect(textOf(result)).toBe("line\n\n[500001 more lines in file. Use offset=500001 to continue.]");
  });

  it("gives a failure the system's code", async () => {
    const call = createReadTool(dir).execute("1", { path: "." });
    await expect(call).rejects.toMatchObject({
      code: "EISDIR",
      message: "EISDIR: illegal operation on a directory, read",
    });
  });
});
