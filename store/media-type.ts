/** First bytes of what browsers may show as an image or play. Whatever can carry a script, such as SVG, is not among them. */
const SIGNATURES: readonly { type: string; parts: readonly (readonly [offset: number, bytes: string])[] }[] = [
  { type: 'image/png', parts: [[0, '\x89PNG\r\n\x1a\n']] },
  { type: 'image/jpeg', parts: [[0, '\xff\xd8\xff']] },
  { type: 'image/gif', parts: [[0, 'GIF8']] },
  {
    type: 'image/webp',
    parts: [
      [0, 'RIFF'],
      [8, 'WEBP'],
    ],
  },
  { type: 'image/avif', parts: [[4, 'ftypavif']] },
  { type: 'image/bmp', parts: [[0, 'BM']] },
  { type: 'image/tiff', parts: [[0, 'II*\0']] },
  { type: 'image/tiff', parts: [[0, 'MM\0*']] },
  {
    type: 'audio/wav',
    parts: [
      [0, 'RIFF'],
      [8, 'WAVE'],
    ],
  },
  { type: 'video/mp4', parts: [[4, 'ftypisom']] },
  { type: 'video/mp4', parts: [[4, 'ftypmp42']] },
  { type: 'video/webm', parts: [[0, '\x1a\x45\xdf\xa3']] },
];

/** How many bytes `mediaTypeOf` looks at. */
export const SIGNATURE_BYTES = 16;

/** The media type that an object's first bytes tell, if browsers may show it. */
export function mediaTypeOf(start: Uint8Array): string | undefined {
  const text = String.fromCharCode(...start.subarray(0, SIGNATURE_BYTES));
  return SIGNATURES.find(({ parts }) => parts.every(([at, bytes]) => text.startsWith(bytes, at)))?.type;
}
