import { bench } from "./peers.mjs";

/** A process that imports the package and looks up one model. */

await bench(import.meta.url, {
  title: "cold start: import and one getModel, since the process began; node alone is the floor",
  inputs: [{ label: "import" }],
  floors: ["node"],
  lazy: true,
  rounds: 7,
  columns: { cpuMs: "ms", rssMb: "MB" },
  async work({ module }) {
    if (module) {
      const { getModel } = await import(module);
      if (!getModel("anthropic", "claude-sonnet-4-5")) throw new Error("no such model");
    }
    const { user, system } = process.cpuUsage();
    return { cpuMs: (user + system) / 1000, rssMb: process.memoryUsage.rss() / 1e6 };
  },
});
