/** Spoils a stream: events that no server should send, that are lost, that stop, that come twice. */
export function spoil(random, events, odd) {
  for (let count = random.between(1, 2); count > 0; count--) {
    random.weighted([
      [4, () => events.splice(random.int(events.length + 1), 0, random.pick(odd))],
      [2, () => events.splice(random.int(events.length), 1)],
      [1, () => events.splice(random.int(events.length))],
      [1, () => events.splice(random.int(events.length), 0, random.pick(events))],
    ]);
    if (events.length === 0) events.push(random.pick(odd));
  }
}
