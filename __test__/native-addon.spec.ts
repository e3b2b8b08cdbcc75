// How the package finds its addon, and what it says when it cannot: with real files that are broken in real ways.

import { cpSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { beforeEach, describe, expect, it } from "vitest";
import { addonFailure } from "../dist/native-failure.js";
import { startChild } from "./support/child.js";
import { temporaryFolder } from "./support/sessions.js";

const dist = new URL("../dist/", import.meta.url);
const addon = readdirSync(dist).find((name) => name.endsWith(".node")) as string;
const platform = addon.slice("native.".length, -".node".length);
const folder = temporaryFolder();
const own = () => join(folder.path, "node_modules/argent-runtime");

/** The addon's file in the copy of the package. */
const file = () => join(own(), "dist", addon);

/** Imports the copy of the package. */
async function load(flags?: string[]) {
  const url = pathToFileURL(join(own(), "dist/pi-ai/json-parse.js"));
  const { stdout } = await startChild(
    `import(${JSON.stringify(url)}).then(
       ({ repairJson }) => console.log(JSON.stringify({ repaired: repairJson('"a\\tb"') })),
       ({ code, message, cause }) => console.log(JSON.stringify({ code, message, cause: cause?.message })));`,
    { flags },
  ).ended;
  return JSON.parse(stdout);
}

beforeEach(() => {
  mkdirSync(own(), { recursive: true });
  cpSync(dist, join(own(), "dist"), { recursive: true });
  writeFileSync(join(own(), "package.json"), '{"name":"argent-runtime","type":"module"}');
});

describe("the addon", () => {
  it("is found beside the package's files", async () => {
    expect(await load()).toEqual({ repaired: '"a\\tb"' });
  });

  it("is found in the package for the platform", async () => {
    const other = join(folder.path, "node_modules", `argent-runtime-${platform}`);
    mkdirSync(other);
    renameSync(file(), join(other, addon));
    writeFileSync(
      join(other, "package.json"),
      JSON.stringify({ name: `argent-runtime-${platform}`, main: addon }),
    );
    expect(await load()).toEqual({ repaired: '"a\\tb"' });
  });
});

describe("an addon that cannot be loaded", () => {
  it("because nothing is installed is named", async () => {
    rmSync(file());
    expect(await load()).toMatchObject({
      code: "ARGENT_NATIVE",
      message: expect.stringMatching(
        `The package argent-runtime-${platform} is not installed.*--omit=optional`,
      ),
    });
  });

  it.skipIf(process.platform !== "linux")(
    "because it is damaged is explained, in the system's words too",
    async () => {
      for (const [bytes, words] of [
        [Buffer.from("<html>404</html>".repeat(100)), "invalid ELF header"],
        [readFileSync(file()).subarray(0, 20), "file too short"],
      ] as const) {
        writeFileSync(file(), bytes);
        const { code, message, cause } = await load();
        expect(code).toBe("ARGENT_NATIVE");
        expect(message).toContain(`${file()}: ${words}`);
        expect(message).toContain("The file is damaged or was made for another system");
        expect(cause).toContain(words);
      }
    },
  );

  it.skipIf(!platform.endsWith("-gnu"))("because the C library is too old is explained", async () => {
    const bytes = readFileSync(file());
    const version = Buffer.from("GLIBC_2.");
    for (let at = bytes.indexOf(version); at >= 0; at = bytes.indexOf(version, at + 1)) bytes[at + 8] = 0x39;
    writeFileSync(file(), bytes);
    const { message } = await load();
    expect(message).toMatch(/version `GLIBC_2\.9[\d.]*' not found/);
    expect(message).toContain("This system's C library is too old");
  });

  it("because it is another one is explained", async () => {
    const modules = new URL("../node_modules/@rolldown/", import.meta.url);
    const binding = readdirSync(modules).find((name) => name.startsWith("binding-")) as string;
    const foreign = readdirSync(new URL(binding, modules)).find((name) => name.endsWith(".node")) as string;
    cpSync(new URL(`${binding}/${foreign}`, modules), file());
    const { message } = await load();
    expect(message).toContain("of another version: it has no ");
    expect(message).toContain("Parts of two versions are installed");
  });

  it("because Node may load none is explained", async () => {
    expect(await load(["--no-addons"])).toMatchObject({
      code: "ARGENT_NATIVE",
      message: expect.stringContaining("Node was told not to load addons"),
    });
  });

  it("because there is none for the platform is said", () => {
    const { message } = addonFailure("sunos-x64", [], ["linux-x64-gnu"]);
    expect(message).toContain("There is none for this platform. There are: linux-x64-gnu.");
  });
});
