#!/usr/bin/env node
// The command `argent-runtime`. Each of its commands is a file in cli/, which is loaded when it is called.

/** A command: its usage, and what it does with its arguments. Resolves to the exit status. */
export interface Command {
  usage: string;
  run(args: string[]): Promise<number>;
}

const commands: Record<string, () => Promise<Command>> = {
  doctor: () => import("./cli/doctor.js"),
  drift: () => import("./cli/drift.js"),
  inspect: () => import("./cli/inspect.js"),
  lessons: () => import("./cli/lessons.js"),
  migrate: () => import("./cli/migrate.js"),
};

process.exitCode = await run(process.argv.slice(2));

async function run([name = "", ...args]: string[]): Promise<number> {
  try {
    const command = await commands[name]?.();
    if (!command) {
      const all = await Promise.all(Object.values(commands).map((load) => load()));
      const usage = all.map((one) => one.usage).join("\n\n\n");
      if (name !== "--help" && name !== "-h") throw new Error(usage);
      console.log(usage);
      return 0;
    }
    if (args.some((arg) => arg === "--help" || arg === "-h")) {
      console.log(command.usage);
      return 0;
    }
    return await command.run(args);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    return 2;
  }
}
