// What the extensions of a session have registered: tools, commands, flags, shortcuts, renderers.

import type { ResourceDiagnostic } from "../diagnostics.js";
import type {
  Extension,
  ExtensionFlag,
  ExtensionShortcut,
  MessageRenderer,
  RegisteredCommand,
  RegisteredTool,
  ResolvedCommand,
} from "./extension.js";
import type { ExtensionRuntime } from "./runtime.js";
import type { KeybindingsConfig, KeyId } from "./terminal.js";

/** What extensions may not take the keys of. */
const RESERVED = new Set([
  "app.interrupt",
  "app.clear",
  "app.exit",
  "app.suspend",
  "app.thinking.cycle",
  "app.model.cycleForward",
  "app.model.cycleBackward",
  "app.model.select",
  "app.tools.expand",
  "app.thinking.toggle",
  "app.editor.external",
  "app.message.followUp",
  "tui.input.submit",
  "tui.select.confirm",
  "tui.select.cancel",
  "tui.input.copy",
  "tui.editor.deleteToLineEnd",
]);

/** What the extensions of a session have registered. Where two register the same name, the first has it. */
export abstract class ExtensionRegistry {
  protected readonly extensions: Extension[];
  protected readonly runtime: ExtensionRuntime;
  private shortcutDiagnostics: ResourceDiagnostic[] = [];
  private commandDiagnostics: ResourceDiagnostic[] = [];

  constructor(extensions: Extension[], runtime: ExtensionRuntime) {
    this.extensions = extensions;
    this.runtime = runtime;
  }

  abstract hasUI(): boolean;

  getExtensionPaths(): string[] {
    return this.extensions.map(({ path }) => path);
  }

  getAllRegisteredTools(): RegisteredTool[] {
    const tools = new Map<string, RegisteredTool>();
    for (const tool of this.extensions.flatMap((extension) => [...extension.tools.values()])) {
      const { name } = tool.definition;
      if (!tools.has(name)) tools.set(name, tool);
    }
    return [...tools.values()];
  }

  getToolDefinition(toolName: string): RegisteredTool["definition"] | undefined {
    return this.first((extension) => extension.tools.get(toolName)?.definition);
  }

  getFlags(): Map<string, ExtensionFlag> {
    const flags = new Map<string, ExtensionFlag>();
    for (const [name, flag] of this.extensions.flatMap((extension) => [...extension.flags])) {
      if (!flags.has(name)) flags.set(name, flag);
    }
    return flags;
  }

  setFlagValue(name: string, value: boolean | string): void {
    this.runtime.flagValues.set(name, value);
  }

  /** A copy. */
  getFlagValues(): Map<string, boolean | string> {
    return new Map(this.runtime.flagValues);
  }

  /** The keys of extensions, in lower case, beside those of the host. The last extension has a key. */
  getShortcuts(resolvedKeybindings: KeybindingsConfig): Map<KeyId, ExtensionShortcut> {
    this.shortcutDiagnostics = [];
    const taken = boundKeys(resolvedKeybindings);
    const shortcuts = new Map<KeyId, ExtensionShortcut>();
    for (const [key, shortcut] of this.extensions.flatMap((extension) => [...extension.shortcuts])) {
      const name = key.toLowerCase();
      const path = shortcut.extensionPath;
      const bound = taken.get(name);
      if (bound && RESERVED.has(bound)) {
        this.warn(
          `Extension shortcut '${key}' from ${path} conflicts with built-in shortcut. Skipping.`,
          path,
        );
        continue;
      }
      const instead = `Using ${path}.`;
      const conflict = `Extension shortcut conflict: '${key}'`;
      if (bound) {
        this.warn(`${conflict} is built-in shortcut for ${bound} and ${path}. ${instead}`, path);
      }
      const other = shortcuts.get(name)?.extensionPath;
      if (other !== undefined) {
        this.warn(`${conflict} registered by both ${other} and ${path}. ${instead}`, path);
      }
      shortcuts.set(name, shortcut);
    }
    return shortcuts;
  }

  /** Of the last `getShortcuts`. */
  getShortcutDiagnostics(): ResourceDiagnostic[] {
    return this.shortcutDiagnostics;
  }

  hasHandlers(eventType: string): boolean {
    return this.extensions.some((extension) => (extension.handlers.get(eventType)?.length ?? 0) > 0);
  }

  getMessageRenderer(customType: string): MessageRenderer | undefined {
    return this.first((extension) => extension.messageRenderers.get(customType));
  }

  getRegisteredCommands(): ResolvedCommand[] {
    this.commandDiagnostics = [];
    return this.resolveRegisteredCommands();
  }

  /** Of the last `getRegisteredCommands`. */
  getCommandDiagnostics(): ResourceDiagnostic[] {
    return this.commandDiagnostics;
  }

  /** The command that is called by a name. */
  getCommand(name: string): ResolvedCommand | undefined {
    return this.resolveRegisteredCommands().find(({ invocationName }) => invocationName === name);
  }

  private resolveRegisteredCommands(): ResolvedCommand[] {
    const commands = this.extensions.flatMap((extension) => [...extension.commands.values()]);
    const namesakes = countNames(commands);
    const seen = new Map<string, number>();
    const taken = new Set<string>();
    return commands.map((command) => {
      const { name } = command;
      let number = (seen.get(name) ?? 0) + 1;
      seen.set(name, number);
      let invocationName = (namesakes.get(name) ?? 0) > 1 ? `${name}:${number}` : name;
      while (taken.has(invocationName)) invocationName = `${name}:${++number}`;
      taken.add(invocationName);
      return { ...command, invocationName };
    });
  }

  private first<T>(find: (extension: Extension) => T | undefined): T | undefined {
    for (const extension of this.extensions) {
      const found = find(extension);
      if (found) return found;
    }
    return undefined;
  }

  private warn(message: string, path: string): void {
    this.shortcutDiagnostics.push({ type: "warning", message, path });
    if (!this.hasUI()) console.warn(message);
  }
}

/** What each key does; a reserved deed keeps its key. */
function boundKeys(keybindings: KeybindingsConfig): Map<KeyId, string> {
  const bound = new Map<KeyId, string>();
  for (const [deed, keys] of Object.entries(keybindings)) {
    for (const key of [keys ?? []].flat()) {
      const name = key.toLowerCase();
      if (RESERVED.has(deed) || !RESERVED.has(bound.get(name) ?? "")) bound.set(name, deed);
    }
  }
  return bound;
}

function countNames(commands: RegisteredCommand[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { name } of commands) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}
