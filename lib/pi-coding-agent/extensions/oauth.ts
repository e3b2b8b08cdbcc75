// Log-ins that extensions bring.

/** What a log-in leaves. */
export type OAuthCredentials = {
  refresh: string;
  access: string;
  /** Milliseconds since 1970. */
  expires: number;
  [key: string]: unknown;
};

/** How a log-in talks to the user. */
export interface OAuthLoginCallbacks {
  onAuth: (info: { url: string; instructions?: string }) => void;
  onPrompt: (prompt: { message: string; placeholder?: string; allowEmpty?: boolean }) => Promise<string>;
  onProgress?: (message: string) => void;
  onManualCodeInput?: () => Promise<string>;
  onSelect?: (prompt: {
    message: string;
    options: { id: string; label: string }[];
  }) => Promise<string | undefined>;
  signal?: AbortSignal;
}
