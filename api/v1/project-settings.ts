import { z } from 'zod';
import type { JsonObject } from '../../domain/json';
import { keepable } from './free-body';

/** Characters of JSON: each of them may have a class map. */
const SECONDARY_LENGTH = 1024 * 1024;

const Text = z.string().max(512);
const Texts = z.array(Text).max(10_000);
const Point = z.array(z.number()).max(16);
const Share = z.number().min(0).max(1);
const Metric = z.strictObject({ name: Text, metrics_type: Text });
const Strata = z.strictObject({ name: Text, ordered_values: Texts });

/** What the client may say of a project beside its classes, task and metadata; null is the same as nothing. */
export const PROJECT_SETTINGS = {
  binary_classification_negative_class: Text.nullish(),
  secondary_labels: z
    .array(z.record(z.string(), z.unknown()))
    .max(1_000)
    .superRefine(keepable(SECONDARY_LENGTH))
    .nullish(),
  frame_links: Texts.nullish(),
  label_links: Texts.nullish(),
  default_camera_target: Point.nullish(),
  default_camera_position: Point.nullish(),
  custom_metrics: z.array(Metric).max(1_000).nullish(),
  stratified_metrics: z.array(Strata).max(1_000).nullish(),
  max_shown_categories: z.number().int().min(1).max(100).nullish(),
  include_no_gt: z.boolean().nullish(),
  confidence_threshold: Share.nullish(),
  iou_threshold: Share.nullish(),
};

/** The settings that a request gives. */
export function settingsOf(body: z.output<z.ZodObject<typeof PROJECT_SETTINGS>>): JsonObject {
  const given = Object.keys(PROJECT_SETTINGS).map((key) => [key, body[key as keyof typeof body]] as const);
  return Object.fromEntries(given.filter(([, value]) => value != null)) as JsonObject;
}
