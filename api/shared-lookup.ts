interface Flight<T> {
  current: Promise<T>;
  /** The lookup that starts when the current one has ended. */
  next?: Promise<T>;
}

/**
 * Lets requests that arrive together share a read. Each gets one that was started after it asked, so what it sees is
 * never older than its request; while one read is under way, all who come wait for the next.
 */
export class SharedLookup<T> {
  private readonly flights = new Map<string, Flight<T>>();

  /** Reads what `id` names; callers with the same id must pass reads that are alike. Throws what the read throws. */
  get(id: string, read: () => Promise<T>): Promise<T> {
    const flight = this.flights.get(id);
    if (flight === undefined) return this.start(id, read);
    const start = () => this.start(id, read);
    return (flight.next ??= flight.current.then(start, start));
  }

  private start(id: string, read: () => Promise<T>): Promise<T> {
    const flight: Flight<T> = { current: read() };
    this.flights.set(id, flight);
    const end = () => {
      if (flight.next === undefined) this.flights.delete(id);
    };
    flight.current.then(end, end);
    return flight.current;
  }
}
