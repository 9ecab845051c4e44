import type { IConstruct } from 'constructs';
import { repeatedIn } from '../../../validation/checks';
import { checkRules } from '../../../validation/rules';

/** Refuses two secrets of one name, of which a build would get one. */
export function checkSecretNames(scope: IConstruct, prop: string, secrets: ReadonlyArray<{ name: string }>): void {
  const names = secrets.map(({ name }) => name);
  const repeated = repeatedIn(names);
  checkRules(scope, [
    {
      condition: repeated !== undefined,
      prop,
      value: repeated,
      expected: 'a name of its own for each secret',
      fix: 'rename one of them',
    },
  ]);
}
