// Agent sessions on a scripted provider, in folders of their own.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import {
  type FauxResponseStep,
  fauxAssistantMessage,
  fauxToolCall,
  registerFauxProvider,
  Type,
} from "argent-runtime/pi-ai";
import {
  type AgentSession,
  type AgentSessionEvent,
  AuthStorage,
  type CreateAgentSessionOptions,
  createAgentSession,
  DefaultResourceLoader,
  type ExtensionFactory,
  ModelRegistry,
  SessionManager,
  SettingsManager,
} from "argent-runtime/pi-coding-agent";
import { onTestFinished } from "vitest";

/** What a session is given besides what is made for it. */
export interface Given extends CreateAgentSessionOptions {
  answers?: FauxResponseStep[];
  extensions?: ExtensionFactory[];
  settings?: Parameters<typeof SettingsManager.inMemory>[0];
  contextWindow?: number;
}

/** A session, what it told, and what plays the model. */
export interface Stage {
  session: AgentSession;
  events: AgentSessionEvent[];
  faux: ReturnType<typeof registerFauxProvider>;
  options: CreateAgentSessionOptions;
}

/** Options for a session in a folder, with a model that answers from a script. */
export async function stageIn(dir: string, given: Given = {}): Promise<Omit<Stage, "session" | "events">> {
  const { answers = [], extensions = [], settings = {}, contextWindow = 100_000, ...own } = given;
  const models = ["thinks", "plain"].map((id) => {
    return {
      id,
      reasoning: id === "thinks",
      contextWindow,
      cost: { input: 1, output: 1, cacheRead: 0, cacheWrite: 0 },
    };
  });
  const faux = registerFauxProvider({ provider: "scripted", models });
  onTestFinished(() => faux.unregister());
  faux.setResponses(answers);
  const authStorage = AuthStorage.inMemory();
  authStorage.setRuntimeApiKey("scripted", "a key");
  const modelRegistry = ModelRegistry.inMemory(authStorage);
  Object.assign(modelRegistry, { getAll: () => faux.models, getAvailable: () => faux.models });
  Object.assign(modelRegistry, { find: (_: string, id: string) => faux.getModel(id) });
  const settingsManager = SettingsManager.inMemory({ retry: { baseDelayMs: 1 }, ...settings });
  const resourceLoader = new DefaultResourceLoader({
    cwd: dir,
    agentDir: join(dir, "agent"),
    settingsManager,
    extensionFactories: extensions,
  });
  await resourceLoader.reload();
  const sessionManager = own.sessionManager ?? SessionManager.create(dir, join(dir, "sessions"));
  const model = faux.getModel();
  const made = { cwd: dir, agentDir: join(dir, "agent"), authStorage, modelRegistry, settingsManager };
  return { faux, options: { ...made, resourceLoader, model, ...own, sessionManager } };
}

/** A session that answers from a script. */
export async function sessionIn(dir: string, given?: Given): Promise<Stage> {
  const stage = await stageIn(dir, given);
  const { session } = await createAgentSession(stage.options);
  onTestFinished(() => session.dispose());
  const events: AgentSessionEvent[] = [];
  session.subscribe((event) => events.push(event));
  return { ...stage, session, events };
}

/** Resolves at the next event of a type. */
export function until(session: AgentSession, type: AgentSessionEvent["type"]): Promise<void> {
  return new Promise((resolve) => {
    const stop = session.subscribe((event) => {
      if (event.type !== type) return;
      stop();
      resolve();
    });
  });
}

/** The entries in a session's file. */
export function entriesOnDisk(session: AgentSession) {
  const text = readFileSync(session.sessionFile as string, "utf8");
  return text
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
}

/** The messages in a session's file: who says them, and what of. */
export function rolesOnDisk(session: AgentSession): string[] {
  const messages = entriesOnDisk(session).filter(({ type }) => type === "message");
  return messages.map(({ message }) => message.toolCallId ?? message.role);
}

/** An answer that calls a tool, once for each id. */
export function calls(name: string, ...ids: string[]) {
  const blocks = ids.map((id) => fauxToolCall(name, {}, { id }));
  return fauxAssistantMessage(blocks, { stopReason: "toolUse" });
}

/** A tool of the host that does something. */
export function tool(name: string, act: (signal?: AbortSignal) => unknown = () => undefined) {
  return {
    name,
    label: name,
    description: `does ${name}`,
    parameters: Type.Object({}),
    execute: async (_id: string, _params: unknown, signal?: AbortSignal) => {
      await act(signal);
      return { content: [{ type: "text" as const, text: `${name} done` }], details: undefined };
    },
  };
}
