// Bash, grep, find and ls as a host sees them.

import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  createBashTool,
  createBashToolDefinition,
  createFindTool,
  createGrepTool,
  createLocalBashOperations,
  createLsTool,
} from "argent-runtime/pi-coding-agent";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "shell-tools-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const write = (path: string, text: string | Buffer) => {
  mkdirSync(join(folder, path, ".."), { recursive: true });
  writeFileSync(join(folder, path), text);
};
const text = (result: { content: unknown[] }) => (result.content[0] as { text: string }).text;
const spilled = () => readdirSync(tmpdir()).filter((name) => name.startsWith("pi-bash-"));

/** Whether a process still runs; one that has ended and is not yet reaped does not. */
function lives(pid: string): boolean {
  try {
    return !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return false;
  }
}

describe("bash", () => {
  test("gives output, and fails with output and exit code", async () => {
    const bash = createBashTool(folder);
    const { content, details } = await bash.execute("1", { command: "pwd; echo err >&2" });
    expect(content).toEqual([{ type: "text", text: `${folder}\nerr\n` }]);
    expect(details).toBeUndefined();
    await expect(bash.execute("2", { command: "echo no; exit 3" })).rejects.toThrow(
      /^no\n\n\nCommand exited with code 3$/,
    );
  });

  test("says which signal ended a command", async () => {
    const command = "echo so far; kill -9 $$";
    const failed = createBashTool(folder).execute("1", { command });
    await expect(failed).rejects.toThrow(/^so far\n\n\nCommand terminated by signal SIGKILL$/);
    const exit = await createLocalBashOperations().exec(command, folder, { onData: () => {} });
    expect(exit).toEqual({ exitCode: null, signal: "SIGKILL" });
  });

  test("keeps all of a long output in a file that only its owner may read", async () => {
    const { content, details } = await createBashTool(folder).execute("1", { command: "seq 1 100000" });
    const path = details?.fullOutputPath as string;
    try {
      expect(text({ content })).toMatch(
        /^98002\n[\s\S]*\n100000\n\n\n\[Showing lines 98002-100001 of 100001\. Full/,
      );
      const whole = readFileSync(path, "utf8");
      expect(whole).toBe(`${Array.from({ length: 100_000 }, (_, at) => at + 1).join("\n")}\n`);
    } finally {
      rmSync(path, { force: true });
    }
  });

  test.runIf(process.platform === "linux")("leaves nobody and nothing when it is aborted", async () => {
    const before = spilled();
    const command = `(trap '' TERM; echo $BASHPID; while :; do sleep 100; done) &
      setsid bash -c 'trap "" TERM; echo $$; sleep 100' & echo $$; sleep 0.2; echo ready; wait`;
    const abort = new AbortController();
    const updates: string[] = [];
    const call = createBashTool(folder).execute("1", { command }, abort.signal, (update) => {
      const [block] = update.content as { text: string }[];
      if (!block) return;
      updates.push(block.text);
      if (block.text.includes("ready")) abort.abort();
    });
    await expect(call).rejects.toThrow(/ready\n\n\nCommand aborted$/);
    const pids = (updates.at(-1) as string).match(/^\d+$/gm) as string[];
    expect(pids).toHaveLength(3);
    expect(pids.filter(lives)).toEqual([]);
    expect(spilled()).toEqual(before);
  });

  test.runIf(process.platform === "linux")("leaves nobody when its time is over", async () => {
    const command = "echo $$; sleep 100 & echo $!; wait";
    const failed = await createBashTool(folder)
      .execute("1", { command, timeout: 0.3 })
      .catch((error: Error) => error.message);
    expect(failed).toMatch(/^\d+\n\d+\n\n\nCommand timed out after 0.3 seconds$/);
    expect((failed as string).match(/^\d+$/gm)?.filter(lives)).toEqual([]);
  });

  test("does not start when it is aborted beforehand", async () => {
    const call = createBashTool(folder).execute("1", { command: "touch started" }, AbortSignal.abort());
    await expect(call).rejects.toThrow(/^Command aborted$/);
    expect(existsSync(join(folder, "started"))).toBe(false);
  });

  test("listens to a signal no longer than it runs", async () => {
    const { signal } = new AbortController();
    let listeners = 0;
    const { addEventListener, removeEventListener } = signal;
    signal.addEventListener = (...args: Parameters<typeof addEventListener>) => {
      listeners++;
      addEventListener.apply(signal, args);
    };
    signal.removeEventListener = (...args: Parameters<typeof removeEventListener>) => {
      listeners--;
      removeEventListener.apply(signal, args);
    };
    await createBashTool(folder).execute("1", { command: "true" }, signal);
    await createLsTool(folder).execute("2", {}, signal);
    expect(listeners).toBe(0);
  });

  test("has the host's hook and prefix its say", async () => {
    write("sub/here", "");
    const bash = createBashTool(folder, {
      commandPrefix: "greeting=hello",
      spawnHook: ({ command, env }) => ({
        command,
        cwd: join(folder, "sub"),
        env: { ...env, NAME: "world" },
      }),
    });
    expect(text(await bash.execute("1", { command: 'echo "$greeting $NAME"; ls' }))).toBe(
      "hello world\nhere\n",
    );
  });

  test("removes the file of a host's shell that broke down", async () => {
    const before = spilled();
    const exec = async (_: string, __: string, { onData }: { onData: (data: Buffer) => void }) => {
      onData(Buffer.alloc(100_000, "x"));
      throw new Error("connection lost");
    };
    const bash = createBashToolDefinition(folder, { operations: { exec } });
    await expect(
      bash.execute("1", { command: "" }, undefined, undefined, undefined as never),
    ).rejects.toThrow(/^connection lost$/);
    expect(spilled()).toEqual(before);
  });

  test("hands a host all bytes in order, however slowly it takes them", async () => {
    const pieces: Buffer[] = [];
    const onData = (data: Buffer) => {
      const until = Date.now() + 5;
      while (Date.now() < until);
      pieces.push(data);
    };
    const exit = await createLocalBashOperations().exec("seq 1 200000", folder, { onData });
    expect(exit).toEqual({ exitCode: 0 });
    const whole = `${Array.from({ length: 200_000 }, (_, at) => at + 1).join("\n")}\n`;
    expect(Buffer.concat(pieces).toString() === whole).toBe(true);
  });

  test("runs long commands without a limit that wraps round", async () => {
    const result = await createBashTool(folder).execute("1", {
      command: "sleep 0.1; echo ok",
      timeout: 3_000_000,
    });
    expect(text(result)).toBe("ok\n");
  });
});

describe("grep", () => {
  test("finds by ignore files, in the order of the paths, and shows context as the searcher reads it", async () => {
    write(".git/HEAD", "");
    write(".gitignore", "*.log\n");
    write("b.txt", "one\nneedle\rodd\nthree\n");
    write("a/z.txt", Buffer.from("\ufeffone\nneedle\n", "utf16le"));
    write("c.log", "needle\n");
    const result = await createGrepTool(folder).execute("1", { pattern: "needle", context: 1 });
    expect(text(result).split("\n")).toEqual([
      "a/z.txt-1- one",
      "a/z.txt:2: needle",
      "a/z.txt-3- ",
      "b.txt-1- one",
      "b.txt:2: needleodd",
      "b.txt-3- three",
    ]);
  });

  test("takes globs from the tool's folder, not from the process's", async () => {
    write("src/a.ts", "needle\n");
    write("lib/a.ts", "needle\n");
    const result = await createGrepTool(folder).execute("1", { pattern: "needle", glob: "src/*.ts" });
    expect(text(result)).toBe("src/a.ts:1: needle");
  });

  test("reads the lines round matches as the host does", async () => {
    write("a.txt", "x\nneedle\ny\n");
    const operations = { isDirectory: async () => true, readFile: async () => "X\nNEEDLE\nY" };
    const grep = createGrepTool(folder, { operations });
    const result = await grep.execute("1", { pattern: "needle", context: 1 });
    expect(text(result)).toBe("a.txt-1- X\na.txt:2: NEEDLE\na.txt-3- Y");
  });

  test("stops when it is aborted", async () => {
    write("a.txt", "x\n");
    const abort = new AbortController();
    const call = createGrepTool(folder).execute("1", { pattern: "x" }, abort.signal);
    abort.abort();
    await expect(call).rejects.toThrow(/^Operation aborted$/);
  });
});

describe("find and ls", () => {
  test("find keeps names as they are", async () => {
    write("ends in space ", "");
    expect(text(await createFindTool(folder).execute("1", { pattern: "ends*" }))).toBe("ends in space ");
    expect(text(await createFindTool(folder).execute("1", { pattern: "*", path: `${folder}/` }))).toBe(
      "ends in space ",
    );
  });

  test("ls lists in the order of a dictionary, folders with a slash", async () => {
    for (const name of ["b", "A", "_x", "a", ".h", "10", "9"]) write(name, "");
    mkdirSync(join(folder, "Dir"));
    const listed = ["_x", ".h", "10", "9", "A", "a", "b", "Dir/"];
    expect(text(await createLsTool(folder).execute("1", {}))).toBe(listed.join("\n"));
    write("\u00e4", "");
    expect(text(await createLsTool(folder).execute("1", {}))).toBe(
      [...listed.slice(0, 6), "\u00e4", ...listed.slice(6)].join("\n"),
    );
  });
});
