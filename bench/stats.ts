/** The q-th quantile, 0 to 1, of some numbers. */
export function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? NaN;
}

export const median = (values: readonly number[]): number => quantile(values, 0.5);

/** Milliseconds that one piece of work takes. */
export async function timed<T>(work: () => Promise<T>): Promise<{ ms: number; result: T }> {
  const start = performance.now();
  const result = await work();
  return { ms: performance.now() - start, result };
}

/** Runs work `times` times, one after another; the milliseconds of each. */
export async function repeat(times: number, work: (at: number) => Promise<unknown>): Promise<number[]> {
  const all: number[] = [];
  for (let at = 0; at < times; at++) all.push((await timed(() => work(at))).ms);
  return all;
}

/** Runs `total` pieces of work on `lanes` lanes; the milliseconds of each. */
export async function inLanes(
  lanes: number,
  total: number,
  work: (at: number, lane: number) => Promise<unknown>,
): Promise<number[]> {
  const all: number[] = [];
  let next = 0;
  await Promise.all(
    Array.from({ length: lanes }, async (_, lane) => {
      while (next < total) {
        const at = next++;
        all.push((await timed(() => work(at, lane))).ms);
      }
    }),
  );
  return all;
}
