/** Gives each taker a name that nobody had before: the one asked for, or that with a number behind it. */
export class FreeNames {
  private readonly taken: Set<string>;
  /** The last number tried, by name asked for, so that a thousand takers of one name do not try a thousand times each. */
  private readonly last = new Map<string, number>();

  constructor(taken: Iterable<string> = []) {
    this.taken = new Set(taken);
  }

  take(wanted: string): string {
    let name = wanted;
    for (let n = (this.last.get(wanted) ?? 1) + 1; this.taken.has(name); n++) {
      name = `${wanted}_${n}`;
      this.last.set(wanted, n);
    }
    this.taken.add(name);
    return name;
  }
}
