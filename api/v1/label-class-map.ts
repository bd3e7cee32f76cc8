import { z } from 'zod';
import type { LabelClass } from '../../store/records';
import type { GivenClass } from '../contract/projects';
import { mergeClasses } from '../label-classes';
import { ApiProblem } from '../problem';
import { invalidRequest } from '../validate';

const FIELD = 'label_class_map';

const Id = z.number().int().min(0).max(2_147_483_647);
const Byte = z.number().int().min(0).max(255);
const Color = z.tuple([Byte, Byte, Byte]);
const Name = z.string().min(1).max(512);

/** What the client says of a class; null is the same as nothing. */
const ENTRY = {
  color: Color.nullish(),
  train_name: z.string().max(512).nullish(),
  train_id: Id.nullish(),
  train_color: Color.nullish(),
  category: z.string().max(512).nullish(),
  category_id: Id.nullish(),
  has_instances: z.boolean().nullish(),
  ignore_in_eval: z.boolean().nullish(),
  keypoint_names: z.array(z.string().max(512)).max(1_000).nullish(),
  skeleton: z
    .array(z.array(z.number().int().min(0)).length(2))
    .max(10_000)
    .nullish(),
};

/** A whole class map. */
export const ClassMap = z
  .array(z.strictObject({ ...ENTRY, name: Name, id: Id.nullish() }))
  .min(1)
  .max(10_000);
export type ClassMap = z.output<typeof ClassMap>;

/** Changes to classes that are there, by id. */
export const ClassMapChanges = z
  .array(z.strictObject({ ...ENTRY, id: Id, name: Name.nullish() }))
  .min(1)
  .max(10_000);
export type ClassMapChanges = z.output<typeof ClassMapChanges>;

/**
 * The classes there are, as they are, and after them the given ones that are new.
 * @throws ApiProblem class_removed when a class would get another id, invalid_request
 */
export function appendClasses(standing: readonly LabelClass[], given: ClassMap): LabelClass[] {
  const known = new Set(standing.map(({ name }) => name));
  const wanted = given.map((entry): GivenClass =>
    known.has(entry.name) ? named({ name: entry.name, id: entry.id }) : named(entry),
  );
  return mergeClasses(standing, withRest(wanted, standing), FIELD);
}

/**
 * The classes there are, with what the changes say of theirs.
 * @throws ApiProblem class_removed when a class would get another name, invalid_request for an unknown id
 */
export function changeClasses(standing: readonly LabelClass[], changes: ClassMapChanges): LabelClass[] {
  const byId = new Map(standing.map((entry) => [entry.id, entry.name]));
  const wanted = changes.map(({ id, name, ...rest }, index): GivenClass => {
    const found = byId.get(id);
    if (found === undefined) {
      throw invalidRequest([{ path: `${FIELD}[${index}].id`, message: `Expected the id of a class, got ${id}` }]);
    }
    if (name != null && name !== found) {
      throw new ApiProblem('class_removed', `The class with the id ${id} is "${found}" and cannot become "${name}"`);
    }
    return named({ ...rest, name: found, id });
  });
  return mergeClasses(standing, withRest(wanted, standing), FIELD);
}

/** The entry without what it leaves open. */
function named(entry: { name: string; [key: string]: unknown }): GivenClass {
  return Object.fromEntries(Object.entries(entry).filter(([, value]) => value != null)) as Exclude<GivenClass, string>;
}

/** Classes that were not named come last, so that places in the request keep their numbers. */
function withRest(wanted: GivenClass[], standing: readonly LabelClass[]): GivenClass[] {
  const names = new Set(wanted.map((entry) => (typeof entry === 'string' ? entry : entry.name)));
  return [...wanted, ...standing.map(({ name }) => name).filter((name) => !names.has(name))];
}

/** A class map as the client reads it, with its own defaults where a class came over the native API. */
export function classMapOf(classes: readonly LabelClass[]): object[] {
  return classes.map(({ name, id, color, ...further }) => ({
    name,
    id,
    train_name: name,
    train_id: id,
    category: name,
    category_id: id,
    has_instances: true,
    ignore_in_eval: false,
    color,
    train_color: color,
    keypoint_names: null,
    skeleton: null,
    ...further,
  }));
}
