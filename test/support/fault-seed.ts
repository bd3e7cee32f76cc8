/** The seed of this run's faults: given by `npm run test:faults`, else a new one each time; printed, to run it again. */
export function faultSeed(): number {
  const given = process.env.VIVARIUM_FAULT_SEED;
  const seed = given === undefined ? Date.now() % 1_000_000 : Number(given);
  process.stderr.write(`Fault seed ${seed}: npm run test:faults -- --first ${seed} --seeds 1\n`);
  return seed;
}
