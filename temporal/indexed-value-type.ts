/** The wire values of `temporal.api.enums.v1.IndexedValueType` that Vivarium uses. */
export const IndexedValueType = { KEYWORD: 2, INT: 3 } as const;
