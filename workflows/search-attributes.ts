import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';

/** What operators filter by in the Temporal UI. */
export const PROJECT = defineSearchAttributeKey('VivariumProject', SearchAttributeType.KEYWORD);
export const DATASET = defineSearchAttributeKey('VivariumDataset', SearchAttributeType.KEYWORD);
export const KIND = defineSearchAttributeKey('VivariumKind', SearchAttributeType.KEYWORD);
export const FAILED = defineSearchAttributeKey('VivariumFailed', SearchAttributeType.INT);
