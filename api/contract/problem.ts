import { z } from 'zod';

/** An error answer, after RFC 9457. */
export const ProblemDocument = z
  .looseObject({
    type: z.string().meta({ description: 'Where the code is explained' }),
    title: z.string(),
    status: z.number().int(),
    code: z.string().meta({ description: 'Stable; docs/errors.md has every one' }),
    detail: z.string().meta({ description: 'What was wrong, where, what was expected and what to do' }),
    instance: z.string().optional().meta({ description: 'Id under which the log has the cause' }),
    errors: z.array(z.strictObject({ path: z.string(), message: z.string() })).optional(),
  })
  .meta({ id: 'Problem' });
export type ProblemBody = z.infer<typeof ProblemDocument>;
