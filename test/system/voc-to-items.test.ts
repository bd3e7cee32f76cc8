import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { vocItem } from '../../examples/voc-item';
import { scratchFolder } from '../support/scratch-folder';
import { BCCD, CELLS, vocObject, vocToItems, vocXml } from './voc-set';

const folder = scratchFolder();

const ITEM = {
  op: 'put',
  frame_id: 'one',
  frame: {
    sensor_data: [{ sensor_id: 'DEFAULT', type: 'IMAGE', url: 'https://h/i/my%20image.jpg', width: 640, height: 480 }],
    labels: [
      {
        label_id: 'one-0',
        type: 'BBOX_2D',
        class: 'RBC',
        geometry: { left: 10, top: 20, width: 30, height: 40 },
        metadata: { truncated: true, difficult: false, pose: 'Unspecified' },
      },
      expect.objectContaining({ label_id: 'one-1', geometry: { left: 5, top: 5, width: 0, height: 0 } }),
    ],
  },
};
const ONE = vocXml('my image.jpg', [vocObject('RBC', 10, 20, 40, 60), vocObject('WBC', 5, 5, 5, 5)]);

describe('an annotation', () => {
  it('becomes a put of a frame, zero sizes included', () => {
    expect(vocItem(ONE, 'one', 'https://h/i')).toEqual(ITEM);
    expect(vocItem(ONE, 'one', 'https://h/i/')).toEqual(ITEM);
  });

  it('may lack objects, size, file name and the marks of an object', () => {
    const object =
      '<object><name>  RBC\n</name><bndbox><xmin>1.5</xmin><ymin>2</ymin><xmax>3</xmax><ymax>4</ymax></bndbox></object>';
    expect(vocItem(`<annotation>${object}</annotation>`, '007', 's3://b').frame).toEqual({
      sensor_data: [{ sensor_id: 'DEFAULT', type: 'IMAGE', url: 's3://b/007.jpg' }],
      labels: [
        { label_id: '007-0', type: 'BBOX_2D', class: 'RBC', geometry: { left: 1.5, top: 2, width: 1.5, height: 2 } },
      ],
    });
    expect(vocItem('<annotation><filename>a.jpg</filename></annotation>', 'a', 's3://b').frame.labels).toEqual([]);
  });

  it.each([
    ['text', 'no xml', /is not expected/],
    ['a broken tree', '<annotation><object></annotation>', /tag/],
    ['another tree', '<note/>', /Expected an <annotation> element/],
    [
      'an object without a box',
      '<annotation><object><name>RBC</name></object></annotation>',
      /Expected a <bndbox> in object 0/,
    ],
    ['an object without a name', vocXml('a.jpg', [vocObject('', 1, 1, 2, 2)]), /Expected a <name> in object 0/],
    [
      'a side that is no number',
      vocXml('a.jpg', [vocObject('RBC', 1, 1, 2, 2), vocObject('RBC', NaN, 1, 2, 2)]),
      /Expected a number in <xmin> of object 1/,
    ],
    [
      'entities',
      '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><annotation><filename>&b;</filename></annotation>',
      /without a document type/,
    ],
  ])('that is %s is refused', (_what, xml, message) => {
    expect(() => vocItem(xml, 'x', 's3://b')).toThrow(message);
  });
});

describe('the script', () => {
  it('writes one item a line, goes on after a file that is none, and fails in the end', () => {
    writeFileSync(join(folder, 'two.xml'), 'no xml');
    writeFileSync(join(folder, 'one.xml'), ONE);
    writeFileSync(join(folder, 'three.xml'), vocXml('3.jpg', []));
    writeFileSync(join(folder, 'readme.txt'), 'not read');
    const { stdout, stderr, status } = vocToItems(folder, '--image-base', 'https://h/i');
    const items = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as typeof ITEM);
    expect(items.map(({ frame_id }) => frame_id)).toEqual(['one', 'three']);
    expect(items[0]).toEqual(ITEM);
    expect(stderr).toContain(join(folder, 'two.xml'));
    expect(status).toBe(1);
  });

  it('says how it is called', () => {
    expect(vocToItems()).toMatchObject({
      stdout: '',
      stderr: expect.stringContaining('Expected one folder'),
      status: 1,
    });
    expect(vocToItems(join(folder, 'none'))).toMatchObject({ stderr: expect.stringContaining('none'), status: 1 });
  });

  it('turns the BCCD data into items', () => {
    if (!existsSync(BCCD)) {
      process.stderr.write(`No data set in ${BCCD}: this check needs it\n`);
      return;
    }
    const { stdout, status } = vocToItems(BCCD);
    const items = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as typeof ITEM);
    expect(status).toBe(0);
    expect(items).toHaveLength(364);
    const labels = items.flatMap(({ frame }) => frame.labels) as { class: string; geometry: Record<string, number> }[];
    expect(labels).toHaveLength(4_888);
    expect(new Set(labels.map((label) => label.class))).toEqual(new Set(CELLS));
    expect(labels.filter(({ geometry }) => geometry.width === 0 || geometry.height === 0)).toHaveLength(2);
    expect(items[0]?.frame.sensor_data[0]?.url).toMatch(/^file:.*\/JPEGImages\/BloodImage_00000\.jpg$/);
  });
});
