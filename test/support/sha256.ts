import { createHash } from 'node:crypto';
import { frameHash } from '../../domain/content-hash';
import type { FrameContent } from '../../domain/frame';

export function sha256(data: string | Uint8Array): string {
  return createHash('sha256').update(data).digest('hex');
}

export function hashFrame(frame_id: string, content: FrameContent): string {
  return frameHash(frame_id, content, sha256);
}
