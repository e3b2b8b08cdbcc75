// What users paste when the browser could not come back by itself.

/** A code and the state that came with it. */
export interface PastedCode {
  code?: string;
  state?: string;
}

/** Reads an address with a query, `code#state`, a query alone, or else a bare code. */
export function parsePastedCode(input: string): PastedCode {
  const text = input.trim();
  if (!text) return {};
  if (URL.canParse(text)) return fromQuery(new URL(text).searchParams);
  if (text.includes("#")) {
    const [code, state] = text.split("#", 2);
    return { code, state };
  }
  if (text.includes("code=")) return fromQuery(new URLSearchParams(text));
  return { code: text };
}

function fromQuery(query: URLSearchParams): PastedCode {
  return { code: query.get("code") ?? undefined, state: query.get("state") ?? undefined };
}
