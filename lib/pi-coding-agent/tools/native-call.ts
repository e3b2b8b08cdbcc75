// How requests reach the native side of a tool.

/** A request as JSON text. Halves of characters, which no file name or command can have, become U+FFFD. */
export function requestText(request: object): string {
  return JSON.stringify(request, (_, value) =>
    typeof value === "string" ? Buffer.from(value).toString() : value,
  );
}

/** The answer of a native call; what it fails with is a plain error. */
export async function answer<T>(call: Promise<string>): Promise<T> {
  try {
    return JSON.parse(await call) as T;
  } catch (error) {
    throw new Error((error as Error).message);
  }
}
