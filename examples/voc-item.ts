import { XMLParser } from 'fast-xml-parser';

/** A put of one frame, as the native API takes it. Boxes are in pixels. */
export interface VocItem {
  op: 'put';
  frame_id: string;
  frame: {
    sensor_data: { sensor_id: string; type: 'IMAGE'; url: string; width?: number; height?: number }[];
    labels: {
      label_id: string;
      type: 'BBOX_2D';
      class: string;
      geometry: { left: number; top: number; width: number; height: number };
      metadata?: Record<string, boolean | string>;
    }[];
  };
}

type Tree = { [tag: string]: string | Tree | (string | Tree)[] | undefined };

/** Texts stay texts: an id such as `007` or `1e3` is no number. */
const parser = new XMLParser({ parseTagValue: false, ignoreAttributes: true, isArray: (name) => name === 'object' });

/**
 * Turns one Pascal VOC annotation into an item: `stem` (the file's name without its extension) is the frame id, and
 * `<stem>-<n>` are the label ids, n counting the objects from 0. `imageBase` and the annotation's `filename` make the
 * URL. Zero sizes are legal in VOC and here.
 * @throws Error that names what is missing, or why the text is no such annotation
 */
export function vocItem(xml: string, stem: string, imageBase: string): VocItem {
  // Only a document type can define entities, so without one there is nothing to expand.
  if (xml.includes('<!DOCTYPE')) throw new Error('Expected an annotation without a document type');
  const annotation = (parser.parse(xml, true) as Tree).annotation;
  if (typeof annotation !== 'object' || Array.isArray(annotation)) throw new Error('Expected an <annotation> element');
  const size = child(annotation, 'size') ?? {};
  const [width, height] = [pixels(size, 'width'), pixels(size, 'height')];
  const url = imageUrl(imageBase, text(annotation, 'filename') ?? `${stem}.jpg`);
  const objects = (annotation.object ?? []) as (string | Tree)[];
  return {
    op: 'put',
    frame_id: stem,
    frame: {
      sensor_data: [
        {
          sensor_id: 'DEFAULT',
          type: 'IMAGE',
          url,
          ...(width !== undefined && { width }),
          ...(height !== undefined && { height }),
        },
      ],
      labels: objects.map((object, at) => vocLabel(object, `${stem}-${at}`, `object ${at}`)),
    },
  };
}

function vocLabel(object: string | Tree, label_id: string, place: string): VocItem['frame']['labels'][number] {
  const box = typeof object === 'string' ? undefined : child(object, 'bndbox');
  if (typeof object === 'string' || !box) throw new Error(`Expected a <bndbox> in ${place}`);
  const name = text(object, 'name');
  if (name === undefined) throw new Error(`Expected a <name> in ${place}`);
  const [left, top, right, bottom] = (['xmin', 'ymin', 'xmax', 'ymax'] as const).map((side) => {
    const value = pixels(box, side);
    if (value === undefined) throw new Error(`Expected a number in <${side}> of ${place}`);
    return value;
  }) as [number, number, number, number];
  const metadata = labelMetadata(object);
  return {
    label_id,
    type: 'BBOX_2D',
    class: name,
    geometry: { left, top, width: right - left, height: bottom - top },
    ...(Object.keys(metadata).length > 0 && { metadata }),
  };
}

function labelMetadata(object: Tree): Record<string, boolean | string> {
  const metadata: Record<string, boolean | string> = {};
  for (const flag of ['truncated', 'difficult'] as const) {
    const value = text(object, flag);
    if (value !== undefined) metadata[flag] = value === '1';
  }
  const pose = text(object, 'pose');
  if (pose !== undefined) metadata.pose = pose;
  return metadata;
}

function imageUrl(base: string, filename: string): string {
  return `${base.endsWith('/') ? base : `${base}/`}${encodeURIComponent(filename)}`;
}

function child(tree: Tree, tag: string): Tree | undefined {
  const value = tree[tag];
  return typeof value === 'object' && !Array.isArray(value) ? value : undefined;
}

/** The text inside a tag; undefined when there is none. */
function text(tree: Tree, tag: string): string | undefined {
  const value = tree[tag];
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined;
}

function pixels(tree: Tree, tag: string): number | undefined {
  const value = Number(text(tree, tag) ?? NaN);
  return Number.isFinite(value) ? value : undefined;
}
