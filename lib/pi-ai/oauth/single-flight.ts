// One refresh at a time for each account: services take a refresh token once, so that of two refreshes one would fail.

const flights = new WeakMap<object, Map<string, Promise<unknown>>>();

/** Does the work, unless the same owner is doing it for the same account already: then that one's outcome is given. */
export function shareFlight<T>(owner: object, account: string, work: () => Promise<T>): Promise<T> {
  const running = flights.get(owner) ?? new Map<string, Promise<unknown>>();
  flights.set(owner, running);
  const known = running.get(account) as Promise<T> | undefined;
  if (known) return known;
  const flight = work().finally(() => running.delete(account));
  running.set(account, flight);
  return flight;
}
