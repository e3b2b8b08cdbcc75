/** Thrown when another writer has a session. */
export class SessionBusy extends Error {
  readonly code = "SESSION_BUSY";

  /**
   * @param path - the session's file.
   * @param pid - the process that wrote to it last, where that is known.
   * @param since - since when that process writes to it, in milliseconds since 1970.
   */
  constructor(
    readonly path: string,
    readonly pid: number | undefined,
    readonly since: number | undefined,
  ) {
    super(`${path} is in use${pid === undefined ? "" : ` by process ${pid}`}`);
    this.name = "SessionBusy";
  }
}
