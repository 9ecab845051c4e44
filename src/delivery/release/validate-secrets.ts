import type { IConstruct } from 'constructs';
import { ProductionWebService, ServiceSecret } from '../../service';
import { checkList } from '../../validation/checks';
import { checkKinds } from '../../validation/kinds';
import { checkRules } from '../../validation/rules';
import type { MigrationRequest } from './migration-options';

/**
 * Refuses a second secret for a variable of the service.
 *
 * Two calls of `ServiceSecret.generated()` make two secrets with two values. What the migration writes with one key,
 * the service could not read with the other.
 */
export function checkSecretsOfTask(
  scope: IConstruct,
  { _service: service, _options: { secrets } }: MigrationRequest,
  prop: string,
): void {
  checkList(scope, `${prop}.secrets`, secrets);
  checkKinds(scope, { [`${prop}.secrets`]: secrets }, { [`${prop}.secrets`]: ServiceSecret });
  const theirs = (service instanceof ProductionWebService && service._variables.secrets) || [];
  checkRules(
    scope,
    (secrets ?? []).map((secret) => ({
      condition: isNew(secret) && theirs.some((one) => one !== secret && one.variable === secret.variable),
      prop: `${prop}.secrets`,
      problem:
        `has a second secret for ${secret.variable}, whose value is not that of ` +
        service.releaseTarget.source.node.path,
      fix: `keep the ServiceSecret of ${secret.variable} in a constant, and give that one to service and migration`,
    })),
  );
}

/** True for a secret that is created. One that exists is the same, however often it is named. */
function isNew({ _origin: { kind } }: ServiceSecret): boolean {
  return kind === 'generated' || kind === 'placeholder';
}
