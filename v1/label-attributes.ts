import type { Label, LabelType } from '../domain/frame';
import type { Json, JsonObject } from '../domain/json';
import { assetLink } from './asset-link';
import { FreeNames } from './free-names';
import { PythonFloat, type PythonValue } from './python-json';
import { userKey } from './user-key';

type Attributes = Record<string, PythonValue>;

/** The label types under which the client can read masks that were given as assets: by their URL. */
export const READ_LABEL_TYPES: Partial<Record<LabelType, LabelType>> = {
  SEMANTIC_LABEL_ASSET_2D: 'SEMANTIC_LABEL_URL_2D',
  INSTANCE_LABEL_ASSET_2D: 'INSTANCE_LABEL_URL_2D',
};

/** Only classifications have secondary labels in the client; among other attributes it would take them for geometry. */
const WITH_SECONDARY: ReadonlySet<LabelType> = new Set(['CLASSIFICATION_2D', 'CLASSIFICATION_3D']);

/** The attributes of a label object: the geometry of its type (protocol 5.4) and what else the label says. */
export function labelAttributes(label: Label, publicUrl: string): Attributes {
  const { type } = label;
  const attributes = geometryAttributes(label, publicUrl);
  // The client passes a mask's attributes on as arguments: one that it does not know is fatal.
  if (type === 'INSTANCE_LABEL_URL_2D' || type === 'INSTANCE_LABEL_ASSET_2D') return attributes;
  const further: Attributes = WITH_SECONDARY.has(type) ? { ...label.secondary } : {};
  if (label.confidence !== undefined) further.confidence = new PythonFloat(label.confidence);
  if (label.iscrowd !== undefined) further.iscrowd = label.iscrowd;
  for (const [key, value] of Object.entries(label.links ?? {})) further[`link__${key}`] = value;
  // Last: the client takes all attributes of an instance for metadata, and of two of one name the later.
  for (const [key, value] of Object.entries(label.metadata ?? {})) further[userKey(key)] = value;
  return { ...attributes, ...further };
}

function geometryAttributes({ type, geometry }: Label, publicUrl: string): Attributes {
  switch (type) {
    case 'CUBOID_3D':
      return Object.fromEntries(Object.entries(geometry).map(([key, value]) => [key, asFloat(value)]));
    case 'KEYPOINTS_2D':
      return { ...geometry, keypoints: distinctNames(geometry.keypoints) };
    case 'TEXT_TOKEN':
      return { ...geometry, visible: geometry.visible ?? null };
    case 'SEMANTIC_LABEL_URL_2D':
    case 'INSTANCE_LABEL_URL_2D':
      return { ...geometry, url: assetLink(String(geometry.url), publicUrl) };
    case 'SEMANTIC_LABEL_ASSET_2D':
    case 'INSTANCE_LABEL_ASSET_2D': {
      const { asset_uuid, ...rest } = geometry;
      return { ...rest, url: assetLink(`/objects/${String(asset_uuid)}`, publicUrl) };
    }
    default:
      return geometry;
  }
}

/** The client refuses integers in a cuboid. */
function asFloat(value: Json): PythonValue {
  return typeof value === 'number' ? new PythonFloat(value) : value;
}

/** The client refuses keypoints without a name or with one that another point of the label has. */
function distinctNames(keypoints: Json | undefined): PythonValue {
  const free = new FreeNames();
  return (keypoints as JsonObject[]).map((point) => ({ ...point, name: free.take(String(point.name) || 'point') }));
}
