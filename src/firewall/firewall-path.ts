import type { CfnWebACL } from 'aws-cdk-lib/aws-wafv2';

/** Text transformation before a path is compared. Each costs 10 capacity units. */
export type TextTransformation = 'URL_DECODE' | 'NORMALIZE_PATH' | 'LOWERCASE';

const UNITS_OF_TRANSFORMATION = 10;
const UNITS_OF_COMPARISON = 2;

/**
 * Statement that matches requests whose transformed path begins with a path.
 *
 * The rest of the path does not matter, because applications answer `/login/` as they answer `/login`.
 */
export function startsWith(path: string, transformations: TextTransformation[]): CfnWebACL.StatementProperty {
  const beginning = path.replace(/\*$/, '');
  return {
    byteMatchStatement: {
      fieldToMatch: { uriPath: {} },
      positionalConstraint: 'STARTS_WITH',
      searchString: transformations.includes('LOWERCASE') ? beginning.toLowerCase() : beginning,
      textTransformations: transformations.map((type, priority) => ({ type, priority })),
    },
  };
}

/** Capacity units of {@link startsWith}. */
export function unitsOfStartsWith(transformations: TextTransformation[]): number {
  return UNITS_OF_COMPARISON + transformations.length * UNITS_OF_TRANSFORMATION;
}
