/** A repeatable source of chance. */
export interface SeededRandom {
  /** From 0 up to 1. */
  fraction(): number;
  /** A whole number from `least` up to and including `most`. */
  between(least: number, most: number): number;
  pick<T>(choices: readonly T[]): T;
  /** The same elements in another order. */
  shuffled<T>(elements: readonly T[]): T[];
  /** `count` different whole numbers from 0 up to `below`, rising. */
  places(count: number, below: number): number[];
}

/** The same seed gives the same choices in the same order (mulberry32). */
export function seededRandom(seed: number): SeededRandom {
  let state = seed >>> 0;
  const fraction = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000;
  };
  const between = (least: number, most: number): number => least + Math.floor(fraction() * (most - least + 1));
  const shuffled = <T>(elements: readonly T[]): T[] =>
    elements
      .map((element) => ({ element, at: fraction() }))
      .sort((a, b) => a.at - b.at)
      .map(({ element }) => element);
  return {
    fraction,
    between,
    shuffled,
    pick: (choices) => choices[between(0, choices.length - 1)]!,
    places(count, below) {
      const places = new Set<number>();
      while (places.size < count) places.add(between(0, below - 1));
      return [...places].sort((a, b) => a - b);
    },
  };
}
