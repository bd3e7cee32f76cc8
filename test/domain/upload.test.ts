import { pending, standing, ZERO_COUNTS } from '../../domain/upload';
import type { UploadCounts, UploadStanding, UploadState } from '../../domain/upload';

const counts = (some: Partial<UploadCounts>): UploadCounts => ({ ...ZERO_COUNTS, ...some });
const closed: Omit<UploadStanding, 'counts'> = { kind: 'STREAMING', closed: true, cancelled: false };
const error = { code: 'batch_refused', message: 'One item is bad' } as const;

it('counts as pending what was received and has no end yet', () => {
  expect(pending(counts({ received: 15, applied: 5, unchanged: 4, failed: 3, not_applied: 2 }))).toBe(1);
});

describe('the state of an upload', () => {
  it.each<[string, Partial<UploadCounts>, Partial<typeof closed>, UploadState]>([
    ['is OPEN until closed', { received: 2, applied: 2 }, { closed: false }, 'OPEN'],
    ['is OPEN until closed, also with failures', { received: 2, failed: 2 }, { closed: false }, 'OPEN'],
    ['is PROCESSING while items are pending', { received: 2, applied: 1 }, {}, 'PROCESSING'],
    ['is DONE when all were applied or unchanged', { received: 2, applied: 1, unchanged: 1 }, {}, 'DONE'],
    ['is PARTIAL when some failed', { received: 2, applied: 1, failed: 1 }, {}, 'PARTIAL'],
    ['is PARTIAL when the rest was unchanged', { received: 2, unchanged: 1, failed: 1 }, {}, 'PARTIAL'],
    ['is FAILED when all failed', { received: 2, failed: 2 }, {}, 'FAILED'],
    ['is FAILED when closed empty', {}, {}, 'FAILED'],
    ['is DONE when a rollback found nothing to do', {}, { kind: 'ROLLBACK' }, 'DONE'],
    [
      'is FAILED when a batch was refused',
      { received: 2, failed: 1, not_applied: 1 },
      { kind: 'BATCH', error },
      'FAILED',
    ],
    [
      'is CANCELLED, whatever was committed before',
      { received: 2, applied: 1, not_applied: 1 },
      { cancelled: true },
      'CANCELLED',
    ],
    [
      'is PROCESSING until a cancelled upload has settled',
      { received: 2, applied: 1 },
      { cancelled: true },
      'PROCESSING',
    ],
  ])('%s', (_rule, some, circumstances, state) => {
    expect(standing({ ...closed, ...circumstances, counts: counts(some) }).state).toBe(state);
  });

  it('names why an upload without items failed', () => {
    expect(standing({ ...closed, counts: counts({}) }).error?.code).toBe('upload_empty');
  });
});
