/** One line of the table. */
export interface Row {
  name: string;
  value: number;
  unit: string;
  /** What the value is compared with, measured in the same run. */
  against?: { name: string; value: number };
  /** value / against, unless the comparison is the other way round. */
  ratio?: number;
  /** What it is to reach, in words; a row without one informs. */
  goal?: string;
  met?: boolean;
}

/** A ratio that is to be at least `goal`. */
export function atLeast(
  name: string,
  value: number,
  unit: string,
  against: { name: string; value: number },
  goal: number,
): Row {
  const ratio = value / against.value;
  return { name, value, unit, against, ratio, goal: `ratio >= ${goal}`, met: ratio >= goal };
}

/** A ratio that is to be at most `goal`. */
export function atMost(
  name: string,
  value: number,
  unit: string,
  against: { name: string; value: number },
  goal: number,
): Row {
  const ratio = value / against.value;
  return { name, value, unit, against, ratio, goal: `ratio <= ${goal}`, met: ratio <= goal };
}

/** A value with a bound of its own. */
export function bounded(name: string, value: number, unit: string, bound: '<=' | '>=' | '<', limit: number): Row {
  const met = bound === '>=' ? value >= limit : bound === '<=' ? value <= limit : value < limit;
  return { name, value, unit, goal: `${bound} ${limit} ${unit}`, met };
}
