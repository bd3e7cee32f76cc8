import type { MongoStore } from '../../store/mongo';

/** What the server did for one command. */
export interface Observed {
  collection: string;
  /** find, aggregate, count, distinct, update ... */
  command: string;
  /** `IXSCAN { dataset: 1, ... }`, `IDHACK`, `COLLSCAN` ... */
  plan: string;
  sorted: boolean;
  keys: number;
  docs: number;
  returned: number;
}

interface ProfileDoc {
  op: string;
  ns: string;
  command: Record<string, unknown>;
  originatingCommand?: Record<string, unknown>;
  planSummary?: string;
  hasSortStage?: boolean;
  keysExamined?: number;
  docsExamined?: number;
  nreturned?: number;
  nMatched?: number;
  ndeleted?: number;
}

/** Runs a verb and tells what the server examined for it, by the server's own profiler. */
export async function observe({ database: { db } }: MongoStore, verb: () => Promise<unknown>): Promise<Observed[]> {
  await db.command({ profile: 0 });
  await db.collection('system.profile').drop();
  await db.createCollection('system.profile', { capped: true, size: 16 * 1024 * 1024 });
  await db.command({ profile: 2 });
  await verb();
  await db.command({ profile: 0 });
  const docs = await db.collection<ProfileDoc>('system.profile').find().toArray();
  return docs
    .filter(({ ns, op }) => !ns.endsWith('.system.profile') && !ns.endsWith('.$cmd') && op !== 'insert')
    .map(observed);
}

function observed(doc: ProfileDoc): Observed {
  const command = doc.originatingCommand ?? doc.command;
  return {
    collection: doc.ns.slice(doc.ns.indexOf('.') + 1),
    command: doc.op === 'command' || doc.op === 'query' ? (Object.keys(command)[0] ?? doc.op) : doc.op,
    plan: doc.planSummary ?? '',
    sorted: doc.hasSortStage ?? false,
    keys: doc.keysExamined ?? 0,
    docs: doc.docsExamined ?? 0,
    returned: doc.nreturned ?? doc.nMatched ?? doc.ndeleted ?? 0,
  };
}
