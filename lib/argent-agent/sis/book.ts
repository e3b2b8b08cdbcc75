// An agent's lessons behind the native addon: opened when they are first asked for, read and written off the main thread.

import { type LessonBook as NativeBook, openLessons } from "../../native.js";

/** Why lessons could not be read, written or understood. A write that failed left nothing behind. */
export class SISError extends Error {
  override readonly name = "SISError";

  constructor(
    message: string,
    /** `SIS_STORE`, `SIS_VERSION`, `SIS_INPUT`, `SIS_UNKNOWN_LESSON`, `SIS_UNKNOWN_EPISODE`, `SIS_TIMEOUT` or `SIS_BUSY`. */
    readonly code: string,
  ) {
    super(message);
  }
}

/** What asks the native side. */
export class LessonBook {
  private opened: Promise<NativeBook> | undefined;

  constructor(
    private readonly place: string,
    private readonly config: object,
  ) {}

  /** Opens the store. One that could not be opened is tried again the next time. */
  open(): Promise<NativeBook> {
    this.opened ??= this.tryToOpen().catch((error) => {
      this.opened = undefined;
      throw error;
    });
    return this.opened;
  }

  async ask<T>(what: string, fields: object = {}): Promise<T> {
    const book = await this.open();
    const { found, code, message } = JSON.parse(await book.ask(text({ do: what, ...fields })));
    if (code !== undefined) throw new SISError(message, code);
    return found;
  }

  private async tryToOpen(): Promise<NativeBook> {
    const opened = await openLessons(this.place, text(this.config));
    const book = opened.book();
    if (book) return book;
    const { code, message } = JSON.parse(opened.failure ?? "{}");
    throw new SISError(message, code);
  }
}

/** JSON that is valid UTF-8 too: half a surrogate pair, as a cut text may end in, becomes a replacement character. */
function text(value: object): string {
  return JSON.stringify(value, (_key, part) =>
    typeof part === "string" ? (part as string & { toWellFormed(): string }).toWellFormed() : part,
  );
}

/** Waits for work no longer than some milliseconds. The work goes on; what becomes of it then is nobody's concern. */
export async function within<T>(milliseconds: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new SISError(`no answer within ${milliseconds} ms`, "SIS_TIMEOUT")),
      milliseconds,
    );
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
