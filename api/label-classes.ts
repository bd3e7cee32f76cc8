import { readFreeJson } from '../domain/free-json';
import type { Json } from '../domain/json';
import { Problem } from '../domain/problem';
import { textProblem } from '../domain/text';
import type { LabelClass } from '../store/records';
import type { GivenClass } from './contract/projects';
import { ApiProblem, type ProblemPlace } from './problem';
import { invalidRequest } from './validate';

/** Colours that are told apart easily (the ten of the Tableau palette), taken in turn. */
const PALETTE: readonly LabelClass['color'][] = [
  [31, 119, 180],
  [255, 127, 14],
  [44, 160, 44],
  [214, 39, 40],
  [148, 103, 189],
  [140, 86, 75],
  [227, 119, 194],
  [127, 127, 127],
  [188, 189, 34],
  [23, 190, 207],
];

/**
 * The classes as they will be stored, from those that a request gives in `field`: those there are, in their order, with changed colours and further keys, then the
 * new ones with an id and a colour each.
 * @throws ApiProblem class_removed when a class is missing or has another id; invalid_request for what a class may not be
 */
export function mergeClasses(
  standing: readonly LabelClass[],
  given: readonly GivenClass[],
  field = 'label_classes',
): LabelClass[] {
  checkClasses(given, field);
  const wanted = new Map(
    given.map((entry) => (typeof entry === 'string' ? [entry, { name: entry }] : [entry.name, entry])),
  );
  const kept = standing.map((old) => changedClass(old, wanted.get(old.name)));
  const known = new Set(kept.map(({ name }) => name));
  const taken = new Set(kept.map(({ id }) => id));
  const added = [...wanted.values()].filter(({ name }) => !known.has(name));
  for (const { name, id } of added) {
    if (id === undefined) continue;
    if (taken.has(id))
      throw classProblem(given, field, name, `Expected an id that no other class has, got ${id} again`);
    taken.add(id);
  }
  let next = 0;
  for (const entry of added) {
    while (entry.id === undefined && taken.has(next)) next++;
    const id = entry.id ?? next;
    taken.add(id);
    kept.push({ ...entry, id, color: entry.color ?? PALETTE[id % PALETTE.length] ?? [0, 0, 0] });
  }
  return kept;
}

function changedClass(old: LabelClass, wanted: Exclude<GivenClass, string> | undefined): LabelClass {
  if (wanted === undefined) {
    throw new ApiProblem(
      'class_removed',
      `The class "${old.name}" is missing; send all classes there are and append new ones`,
    );
  }
  if (wanted.id !== undefined && wanted.id !== old.id) {
    throw new ApiProblem(
      'class_removed',
      `The class "${old.name}" has the id ${old.id}, which cannot become ${wanted.id}`,
    );
  }
  return { ...old, ...wanted, id: old.id, color: wanted.color ?? old.color };
}

function checkClasses(given: readonly GivenClass[], field: string): void {
  const errors: ProblemPlace[] = [];
  const names = new Set<string>();
  given.forEach((entry, index) => {
    const name = typeof entry === 'string' ? entry : entry.name;
    const path = `${field}[${index}]`;
    if (names.has(name)) errors.push({ path, message: `Expected every name once, got "${name}" again` });
    names.add(name);
    const unusable = textProblem(name) ?? (typeof entry === 'string' ? null : furtherKeysProblem(entry));
    if (unusable !== null) errors.push({ path, message: unusable });
  });
  if (errors.length > 0) throw invalidRequest(errors);
}

/** Further keys are kept as free JSON, by the rules of metadata keys. */
function furtherKeysProblem(entry: Exclude<GivenClass, string>): string | null {
  try {
    readFreeJson(entry as Json, 'refuse');
    return null;
  } catch (error) {
    if (error instanceof Problem) return error.message;
    throw error;
  }
}

function classProblem(given: readonly GivenClass[], field: string, name: string, message: string): ApiProblem {
  const index = given.findIndex((entry) => typeof entry !== 'string' && entry.name === name);
  return invalidRequest([{ path: `${field}[${index}].id`, message }]);
}
