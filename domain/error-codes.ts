/**
 * Every stable error code, its meaning, and whether sending the same again may help. docs/errors.md holds the same
 * list; a test compares both ways.
 */
export const ERROR_CODES = {
  // An item that fails alone
  invalid_json: { meaning: 'The line is not JSON', retryable: false },
  line_too_long: { meaning: 'The line is longer than 8 MiB', retryable: false },
  document_too_large: { meaning: 'The frame would be larger than a MongoDB document of 16 MB', retryable: false },
  invalid_item: { meaning: 'The item or one of its parts has the wrong shape', retryable: false },
  unknown_field: { meaning: 'A field that the item may not have', retryable: false },
  missing_field: { meaning: 'A field that must be there is missing', retryable: false },
  invalid_id: { meaning: 'An id breaks the rules for ids', retryable: false },
  invalid_key: { meaning: 'A metadata key breaks the rules for keys', retryable: false },
  invalid_number: {
    meaning: 'A number is NaN, infinite, negative where it may not be, or out of range',
    retryable: false,
  },
  invalid_value: { meaning: 'A value of the wrong type or outside the allowed ones', retryable: false },
  unknown_class: { meaning: 'A label class that is not in the project', retryable: false },
  wrong_metadata_type: { meaning: 'A metadata value of another type than its field has', retryable: false },
  too_many_fields: { meaning: 'A metadata field more than a dataset may have', retryable: false },
  wrong_embedding: { meaning: 'A vector of another dimension or model than the dataset has', retryable: false },
  duplicate_label_id: { meaning: 'Two labels of the frame share an id', retryable: false },
  duplicate_frame_id: { meaning: 'Two items of a BATCH upload name the same frame', retryable: false },
  missing_sensor_url: { meaning: 'A sensor without URL or text', retryable: false },
  frame_not_found: { meaning: 'The frame does not exist in this dataset at this version', retryable: false },
  label_not_found: { meaning: 'The label does not exist in this frame', retryable: false },
  version_conflict: { meaning: 'The frame has changed since the revision the writer saw', retryable: false },
  store_rejected: { meaning: 'The store refused this one item again and again', retryable: true },
} as const;

export type ErrorCode = keyof typeof ERROR_CODES;
