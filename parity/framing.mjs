/** Server-sent events as servers write them, and the odd ways in which TCP hands them over. */

/** One event. `style` holds the line ending and the habits of one server. */
export function frame(random, style, { event, data }) {
  const lines = [];
  const space = style.spaced ? " " : "";
  if (style.comments && random.chance(0.1)) lines.push(random.pick([": keep-alive", ":", ":data: no"]));
  if (style.comments && random.chance(0.05)) lines.push("id: 7", "retry: 10");
  if (event !== undefined) lines.push(`event:${space}${event}`);
  const text = typeof data === "string" ? data : encode(random, style, data);
  const parts = style.multiline && random.chance(0.2) ? text.replace(/^\{/, "{\n").split("\n") : [text];
  for (const part of parts) lines.push(`data:${space}${part}`);
  if (style.eventLast) lines.push(...lines.splice(0, event === undefined ? 0 : 1));
  return `${lines.join(style.eol)}${style.eol}${style.eol}`;
}

export function style(random) {
  return {
    eol: random.weighted([
      [8, "\n"],
      [2, "\r\n"],
      [1, "\r"],
    ]),
    spaced: random.chance(0.8),
    comments: random.chance(0.3),
    multiline: random.chance(0.1),
    eventLast: random.chance(0.1),
    escapes: random.chance(0.2),
    pretty: random.chance(0.1),
  };
}

/** JSON with the liberties that encoders take: escaped non-ASCII, escaped slashes, blanks. */
function encode(random, { escapes, pretty }, value) {
  let text = JSON.stringify(value);
  if (pretty) text = text.replace(/^\{"/, '{ "').replace(/\}$/, " }");
  if (!escapes) return text;
  return text
    .replace(/[\u0080-\uffff]/g, (c) => (random.chance(0.5) ? unicode(c) : c))
    .replaceAll("/", () => (random.chance(0.5) ? "\\/" : "/"))
    .replaceAll("<", "\\u003C");
}

const unicode = (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;

/** Cuts bytes anywhere, also inside a UTF-8 sequence, but not between CR and LF: see `cutLineEnds`. */
export function cut(random, bytes) {
  const size = random.pick([1, 3, 17, 200, 4000, bytes.length + 1]);
  // A byte at a time is only affordable for short streams.
  const typical = bytes.length / size > 400 ? Math.ceil(bytes.length / 400) : size;
  const steps = [];
  let at = 0;
  while (at < bytes.length) {
    let end = Math.min(bytes.length, at + 1 + random.int(typical * 2));
    if (bytes[end - 1] === 13 && bytes[end] === 10) end++;
    steps.push(bytes.subarray(at, end));
    if (random.chance(0.02)) steps.push(1);
    at = end;
  }
  return steps;
}

/**
 * Cuts some line ends between CR and LF. The pause makes sure that the two arrive apart: what Pi reads
 * otherwise depends on how the kernel joins packets.
 */
export function cutLineEnds(random, bytes) {
  const ends = [];
  for (let i = 1; i < bytes.length; i++) if (bytes[i - 1] === 13 && bytes[i] === 10) ends.push(i);
  const places = random.shuffle(ends).slice(0, random.between(1, 3));
  places.sort((a, b) => a - b);
  const edges = [0, ...places, bytes.length];
  return edges.slice(1).flatMap((end, i) => [bytes.subarray(edges[i], end), 15]);
}

/** Every event in a packet of its own, with a pause, so that a reader sees the state after each. */
export function paced(frames, pause) {
  return [pause * 2, ...frames.flatMap((text) => [Buffer.from(text), pause])];
}
