// HTML that is safe by the way it is made: whatever is put into a template is text, unless it came out of one.

/** Text that is HTML. */
export class Html {
  constructor(readonly text: string) {}
}

/** What a template takes; nothing comes of `undefined` and `false`. */
export type Insertion = string | number | Html | undefined | false | readonly Insertion[];

/** A template of HTML. Attributes stand in double quotes. */
export function html(strings: TemplateStringsArray, ...values: Insertion[]): Html {
  return new Html(
    strings.map((string, at) => string + (at < values.length ? safe(values[at]) : "")).join(""),
  );
}

const ENTITIES: Record<string, string> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** What would be invisible, or turn the direction of what stands round it. */
const HIDDEN = /(?![\t\n\r])[\p{Cc}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

function safe(value: Insertion): string {
  if (value === undefined || value === false) return "";
  if (value instanceof Html) return value.text;
  if (typeof value === "object") return value.map(safe).join("");
  return String(value)
    .replace(/[&<>"']/g, (character) => ENTITIES[character] as string)
    .replace(HIDDEN, (character) => `\\u{${(character.codePointAt(0) as number).toString(16)}}`);
}
