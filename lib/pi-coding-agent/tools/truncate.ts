// How much of an output a model is shown: whole lines, up to a number of lines and a number of bytes.

/** The most lines that a tool shows. */
export const DEFAULT_MAX_LINES = 2000;
/** The most bytes that a tool shows. */
export const DEFAULT_MAX_BYTES = 50 * 1024;
/** The most characters that a search shows of a line. */
export const GREP_MAX_LINE_LENGTH = 500;

/** What was kept of a text, and what there was. */
export interface TruncationResult {
  /** What was kept. */
  content: string;
  /** Whether that is less than all. */
  truncated: boolean;
  /** The limit that was hit. */
  truncatedBy: "lines" | "bytes" | null;
  /** The lines of the whole text. */
  totalLines: number;
  /** The bytes of the whole text. */
  totalBytes: number;
  /** The lines that were kept. */
  outputLines: number;
  /** The bytes that were kept. */
  outputBytes: number;
  /** Whether what was kept is the end of one line. */
  lastLinePartial: boolean;
  /** Whether nothing was kept because the first line is too long. */
  firstLineExceedsLimit: boolean;
  /** The limit of lines. */
  maxLines: number;
  /** The limit of bytes. */
  maxBytes: number;
}

/** The limits. */
export interface TruncationOptions {
  /** Lines; 2000 where it is not given. */
  maxLines?: number;
  /** Bytes; 50 KB where it is not given. */
  maxBytes?: number;
}

/** A number of bytes for people. */
export function formatSize(bytes: number): string {
  if (bytes < 1024) return `${bytes}B`;
  if (bytes < 1024 * 1024) return `${(bytes / 1024).toFixed(1)}KB`;
  return `${(bytes / (1024 * 1024)).toFixed(1)}MB`;
}

/** The first whole lines of a text within the limits. */
export function truncateHead(content: string, options: TruncationOptions = {}): TruncationResult {
  const whole = measure(content, options);
  const { totalLines, maxLines, maxBytes } = whole;
  if (!whole.truncated) return whole;
  if (Buffer.byteLength(content.slice(0, lineEnd(content, 0))) > maxBytes) {
    const nothing = { content: "", truncatedBy: "bytes" as const, outputLines: 0, outputBytes: 0 };
    return { ...whole, ...nothing, firstLineExceedsLimit: true };
  }
  let kept = 0;
  let lines = 0;
  let bytes = 0;
  let truncatedBy: "lines" | "bytes" = "lines";
  for (let start = 0; lines < totalLines && lines < maxLines; lines++) {
    const end = lineEnd(content, start);
    const size = Buffer.byteLength(content.slice(start, end)) + (lines > 0 ? 1 : 0);
    if (bytes + size > maxBytes) {
      truncatedBy = "bytes";
      break;
    }
    bytes += size;
    kept = end;
    start = end + 1;
  }
  return { ...whole, content: content.slice(0, kept), truncatedBy, outputLines: lines, outputBytes: bytes };
}

/** The last whole lines of a text within the limits, or the end of its last line where that alone is too long. */
export function truncateTail(content: string, options: TruncationOptions = {}): TruncationResult {
  const whole = measure(content, options);
  const { totalLines, maxLines, maxBytes } = whole;
  if (!whole.truncated) return whole;
  let kept = content.length;
  let lines = 0;
  let bytes = 0;
  for (let end = content.length; lines < totalLines && lines < maxLines; lines++) {
    const start = end === 0 ? 0 : content.lastIndexOf("\n", end - 1) + 1;
    const size = Buffer.byteLength(content.slice(start, end)) + (lines > 0 ? 1 : 0);
    if (bytes + size > maxBytes) {
      if (lines > 0) return part(content.slice(kept), "bytes", false);
      lines = 1;
      const tail = lastBytes(content.slice(start, end), maxBytes);
      const withinLines = lines >= maxLines && Buffer.byteLength(tail) <= maxBytes;
      return part(tail, withinLines ? "lines" : "bytes", true);
    }
    bytes += size;
    kept = start;
    end = start - 1;
  }
  return part(content.slice(kept), "lines", false);

  function part(content: string, truncatedBy: "lines" | "bytes", lastLinePartial: boolean): TruncationResult {
    const outputBytes = Buffer.byteLength(content);
    return { ...whole, content, truncatedBy, outputLines: lines, outputBytes, lastLinePartial };
  }
}

/** The first characters of a line, marked as such. */
export function truncateLine(
  line: string,
  maxChars: number = GREP_MAX_LINE_LENGTH,
): { text: string; wasTruncated: boolean } {
  if (line.length <= maxChars) return { text: line, wasTruncated: false };
  return { text: `${line.slice(0, maxChars)}... [truncated]`, wasTruncated: true };
}

/** The result for a text that is kept whole, or, where it is too long, what is known of it beforehand. */
function measure(content: string, { maxLines, maxBytes }: TruncationOptions): TruncationResult {
  const limits = { maxLines: maxLines ?? DEFAULT_MAX_LINES, maxBytes: maxBytes ?? DEFAULT_MAX_BYTES };
  const totalBytes = Buffer.byteLength(content);
  let totalLines = 1;
  for (let at = content.indexOf("\n"); at >= 0; at = content.indexOf("\n", at + 1)) totalLines++;
  return {
    content,
    truncated: !(totalLines <= limits.maxLines && totalBytes <= limits.maxBytes),
    truncatedBy: null,
    totalLines,
    totalBytes,
    outputLines: totalLines,
    outputBytes: totalBytes,
    lastLinePartial: false,
    firstLineExceedsLimit: false,
    ...limits,
  };
}

function lineEnd(content: string, start: number): number {
  const end = content.indexOf("\n", start);
  return end < 0 ? content.length : end;
}

/** The whole characters among the last bytes of a text. */
function lastBytes(text: string, maxBytes: number): string {
  // A unit is at least a byte; the few more make sure that a pair cut in two is not among those that are kept.
  const bytes = Buffer.from(text.slice(-Math.max(4, Math.ceil(maxBytes) + 4)));
  let start = bytes.length - maxBytes;
  while (start < bytes.length && ((bytes[start] as number) & 0xc0) === 0x80) start++;
  return bytes.subarray(start).toString();
}
