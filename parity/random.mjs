/** A seeded source of choices: the same seed gives the same case on every machine. */

/** FNV-1a, so that a section name and an index make a seed of their own. */
export function seedOf(...parts) {
  let hash = 0x811c9dc5;
  for (const character of parts.join("/")) {
    hash = Math.imul(hash ^ character.codePointAt(0), 0x01000193);
  }
  return hash >>> 0;
}

export function createRandom(seed) {
  let state = seed >>> 0;

  // mulberry32
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  const int = (limit) => Math.floor(next() * limit);
  const between = (low, high) => low + int(high - low + 1);
  const chance = (share) => next() < share;
  const pick = (list) => list[int(list.length)];
  const some = (list, share = 0.5) => list.filter(() => chance(share));
  const times = (low, high, make) => Array.from({ length: between(low, high) }, (_, index) => make(index));
  const shuffle = (list) => {
    const result = [...list];
    for (let i = result.length - 1; i > 0; i--) {
      const j = int(i + 1);
      [result[i], result[j]] = [result[j], result[i]];
    }
    return result;
  };
  /** Picks from `[weight, value]` pairs; a function is called, so that only the chosen one draws. */
  const weighted = (pairs) => {
    let rest = next() * pairs.reduce((sum, [weight]) => sum + weight, 0);
    for (const [weight, value] of pairs) {
      rest -= weight;
      if (rest < 0) return typeof value === "function" ? value() : value;
    }
    const last = pairs[pairs.length - 1][1];
    return typeof last === "function" ? last() : last;
  };
  const letters = (length, alphabet = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") =>
    Array.from({ length }, () => alphabet[int(alphabet.length)]).join("");

  return { next, int, between, chance, pick, some, times, shuffle, weighted, letters };
}
