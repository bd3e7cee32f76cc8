/** A line and what must be said of it: code, place in the item, and a message that names what was given. */
export interface BadItem {
  what: string;
  line: string;
  code: string;
  path?: string;
  message: RegExp;
}

const box = (more: object = {}): object => ({
  label_id: 'l1',
  type: 'BBOX_2D',
  class: 'car',
  geometry: { left: 1, top: 1, width: 1, height: 1 },
  ...more,
});
const sized = (geometry: object): object => box({ geometry: { left: 1, top: 1, width: 1, height: 1, ...geometry } });
const put = (frame: object, frame_id: unknown = 'bad', more: object = {}): string =>
  JSON.stringify({ op: 'put', frame_id, frame, ...more });
const labelled = (...labels: object[]): string => put({ labels });
const sensing = (sensor: object): string => put({ sensor_data: [{ sensor_id: 's', type: 'IMAGE', ...sensor }] });

const badId = (what: string, frame_id: unknown): BadItem => ({
  what,
  line: put({}, frame_id),
  code: 'invalid_id',
  path: 'frame_id',
  message: /./,
});
const badKey = (what: string, metadata: string): BadItem => ({
  what,
  line: `{"op":"put","frame_id":"bad","frame":{"metadata":${metadata}}}`,
  code: 'invalid_key',
  path: 'metadata',
  message: /key/,
});

/** Items that fail alone. The dataset has `metadata.n` as a number and a frame `kept` at version 1. */
export const BAD_ITEMS: BadItem[] = [
  { what: 'broken JSON', line: '{"op":"put","frame_id":"bad"', code: 'invalid_json', message: /JSON/ },
  {
    what: 'a bare NaN',
    line: '{"op":"put","frame_id":"bad","frame":{"metadata":{"n":NaN}}}',
    code: 'invalid_number',
    path: 'metadata.n',
    message: /NaN/,
  },
  {
    what: 'a line over 8 MiB',
    line: put({ custom_metrics: { x: 'x'.repeat(8 * 1024 * 1024) } }),
    code: 'line_too_long',
    message: /Line \d+ .*8388608 bytes/,
  },
  {
    what: 'an unknown class',
    line: labelled(box(), box({ label_id: 'l2', class: 'unicorn' })),
    code: 'unknown_class',
    path: 'labels[1].class',
    message: /"unicorn"/,
  },
  {
    what: 'a wrong metadata type',
    line: put({ metadata: { n: 'seven' } }),
    code: 'wrong_metadata_type',
    path: 'metadata.n',
    message: /NUMERIC.*"seven"/,
  },
  {
    what: 'a negative width',
    line: labelled(sized({ width: -1 })),
    code: 'invalid_number',
    path: 'labels[0].geometry.width',
    message: /-1/,
  },
  {
    what: 'a negative height',
    line: labelled(box({ label_id: 'l0' }), sized({ height: -0.5 })),
    code: 'invalid_number',
    path: 'labels[1].geometry.height',
    message: /-0.5/,
  },
  {
    what: 'NaN as a size',
    line: labelled(sized({ width: 'NaN' })),
    code: 'invalid_value',
    path: 'labels[0].geometry.width',
    message: /"NaN"/,
  },
  {
    what: 'an infinite number',
    line: '{"op":"put","frame_id":"bad","frame":{"labels":[{"label_id":"l","type":"BBOX_2D","class":"car","geometry":{"left":1e999,"top":1,"width":1,"height":1}}]}}',
    code: 'invalid_number',
    path: 'labels[0].geometry.left',
    message: /number/,
  },
  {
    what: 'a duplicate label id',
    line: labelled(box(), box()),
    code: 'duplicate_label_id',
    path: 'labels[1].label_id',
    message: /"l1"/,
  },
  {
    what: 'a sensor without a URL',
    line: sensing({}),
    code: 'missing_sensor_url',
    path: 'sensor_data[0].url',
    message: /URL/i,
  },
  { what: 'an unknown field', line: put({ colour: 'red' }), code: 'unknown_field', path: 'colour', message: /colour/ },
  { what: 'no frame id', line: '{"op":"put","frame":{}}', code: 'missing_field', path: 'frame_id', message: /./ },
  badId('an empty frame id', ''),
  badId('the frame id .', '.'),
  badId('the frame id ..', '..'),
  badId('a frame id with a slash', 'a/b'),
  badId('a frame id with a control character', 'a\u0007b'),
  badId('a frame id with a lone surrogate', 'a\ud800b'),
  badId('a frame id of 513 bytes', 'x'.repeat(513)),
  {
    what: 'a label id with a slash',
    line: labelled(box({ label_id: 'a/b' })),
    code: 'invalid_id',
    path: 'labels[0].label_id',
    message: /\//,
  },
  badKey('a metadata key that starts with $', '{"$a":1}'),
  badKey('a metadata key with a dot', '{"a.b":1}'),
  badKey('the metadata key __proto__', '{"__proto__":1}'),
  {
    what: 'a stale if_version',
    line: put({}, 'kept', { if_version: 7 }),
    code: 'version_conflict',
    path: 'if_version',
    message: /revision 7.*revision 1/,
  },
  {
    what: 'a patch of an absent frame',
    line: '{"op":"patch","frame_id":"absent","frame":{"device_id":"d"}}',
    code: 'frame_not_found',
    message: /put it first/,
  },
  {
    what: 'a merge of an absent label',
    line: '{"op":"patch","frame_id":"kept","frame":{"labels":{"merge":[{"label_id":"none","class":"car"}]}}}',
    code: 'label_not_found',
    path: 'labels.merge[0].label_id',
    message: /"none"/,
  },
  { what: 'no object at all', line: '17', code: 'invalid_item', message: /17/ },
];
