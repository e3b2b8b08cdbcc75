// Where a core loop keeps what happened: its turns and its episodes.

/** A turn as it is kept. */
export interface TurnRecord {
  /** The episode's id, `-turn-` and the iteration. */
  id: string;
  sessionId: string;
  agentId: string;
  episodeId: string;
  iteration: number;
  role: "user" | "assistant" | "tool";
  content: string;
  toolCalls?: { id: string; name: string; arguments: Record<string, unknown> }[];
  toolResults?: ToolResultRecord[];
  usage?: { inputTokens: number; outputTokens: number; totalTokens: number };
  stopReason?: string;
  injectedLessons?: number[];
  preValence?: number;
  postValence?: number;
  startedAt: Date;
  completedAt?: Date;
  /** Milliseconds, of this turn. */
  durationMs?: number;
  metadata?: Record<string, unknown>;
}

/** A tool's result as it is kept. */
export interface ToolResultRecord {
  toolCallId: string;
  result: string;
  isError: boolean;
  durationMs: number;
}

/** An episode as it is kept. */
export interface EpisodeRecord {
  id: string;
  sessionId: string;
  agentId: string;
  type: string;
  startedAt: Date;
  completedAt?: Date;
  turnCount: number;
  totalTokens: number;
  preValence?: number;
  postValence?: number;
  outcome?: string;
  metadata?: Record<string, unknown>;
}

/** Keeps turns and episodes. What it throws is told, and ends nothing. */
export interface StateManager {
  saveTurnStart(turn: TurnRecord): Promise<void>;
  saveTurnEnd(turnId: string, changes: Partial<TurnRecord>): Promise<void>;
  saveToolResult(
    turnId: string,
    toolCallId: string,
    result: string,
    isError: boolean,
    durationMs: number,
  ): Promise<void>;
  createEpisode(episode: EpisodeRecord): Promise<void>;
  completeEpisode(id: string, changes: Partial<EpisodeRecord>): Promise<void>;
  /** The latest turns of a session, oldest first. Default 50. */
  getTurnHistory(sessionId: string, limit?: number): Promise<TurnRecord[]>;
  getEpisode(id: string): Promise<EpisodeRecord | null>;
}

/** Keeps turns and episodes for as long as the process runs. */
export class InMemoryStateManager implements StateManager {
  readonly turns = new Map<string, TurnRecord>();
  readonly episodes = new Map<string, EpisodeRecord>();

  async saveTurnStart(turn: TurnRecord): Promise<void> {
    this.turns.set(turn.id, { ...turn });
  }

  async saveTurnEnd(turnId: string, changes: Partial<TurnRecord>): Promise<void> {
    const turn = this.turns.get(turnId);
    if (turn) Object.assign(turn, changes);
  }

  async saveToolResult(
    turnId: string,
    toolCallId: string,
    result: string,
    isError: boolean,
    durationMs: number,
  ): Promise<void> {
    const turn = this.turns.get(turnId);
    if (turn) turn.toolResults = [...(turn.toolResults ?? []), { toolCallId, result, isError, durationMs }];
  }

  async createEpisode(episode: EpisodeRecord): Promise<void> {
    this.episodes.set(episode.id, { ...episode });
  }

  async completeEpisode(id: string, changes: Partial<EpisodeRecord>): Promise<void> {
    const episode = this.episodes.get(id);
    if (episode) Object.assign(episode, changes);
  }

  async getTurnHistory(sessionId: string, limit = 50): Promise<TurnRecord[]> {
    const turns = [...this.turns.values()].filter((turn) => turn.sessionId === sessionId);
    return limit > 0 ? turns.slice(-limit) : [];
  }

  async getEpisode(id: string): Promise<EpisodeRecord | null> {
    return this.episodes.get(id) ?? null;
  }
}
