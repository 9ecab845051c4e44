import type { Existing, Resource } from '../resource';
import { actionsOf, type Grant, grantsOf, missingFrom, roleAt } from './grants';
import type { Loss, Rules } from './rule';
import { isAssumedFromOutside } from './trust';

const SERVICE = 'AWS::ECS::Service';
const TASK = 'AWS::ECS::TaskDefinition';
const SIGN_IN = 'rds-db:connect';

/** Permissions of tasks that run, and of others that sign in to a database. */
export const RUNNING_TASKS: Rules = {
  aftermath: [
    {
      id: 'running-tasks-lose-permissions',
      source:
        'IAM User Guide, "How IAM works": changes apply to sessions of a role; ' +
        'Amazon ECS Developer Guide, "Task execution IAM role": it starts tasks and writes their logs',
      takes: (before, after) =>
        before.of(SERVICE).flatMap((service) => {
          const still = after.named(service.physicalId, SERVICE);
          const definition = definitionOf(service, before);
          return still && definition && String(still.properties.DesiredCount) !== '0'
            ? [
              ...ofTasks(still, lostBy(definition.properties.TaskRoleArn, [before, after], service, still)),
              ...ofStarts(still, lostBy(definition.properties.ExecutionRoleArn, [before, after], service, still)),
            ]
            : [];
        }),
    },
    {
      id: 'outsiders-lose-permissions',
      source:
        'Amazon RDS User Guide, "Creating and using an IAM policy for IAM database access": rds-db:connect; ' +
        'IAM User Guide, "How IAM works": changes apply to sessions of a role',
      takes: (before, after) => {
        const ofServices = before.of(SERVICE).flatMap((service) => {
          const { TaskRoleArn } = definitionOf(service, before)?.properties ?? {};
          return roleAt(TaskRoleArn, before)?.physicalId ?? [];
        });
        return before
          .of('AWS::IAM::Role')
          .filter(({ physicalId }) => !ofServices.includes(physicalId))
          .flatMap((role): Loss[] => {
            const still = after.named(role.physicalId, role.type);
            const lost = still ? missingFrom(grantsOf(role, before), grantsOf(still, after)) : [];
            const noticed = isAssumedFromOutside(role) ? lost : lost.filter(signsIn);
            return noticed.length > 0
              ? [{
                resource: role,
                verdict: 'some affected',
                says: `who assumes ${role.logicalId} is refused ${actionsOf(noticed)}`,
              }]
              : [];
          });
      },
    },
  ],
};

/** Running revision of a service: the one that it names, or the newest of its family. */
function definitionOf({ properties: { TaskDefinition } }: Resource, existing: Existing): Resource | undefined {
  const family = existing.of(TASK).filter(({ properties }) => properties.Family === TaskDefinition);
  return existing.named(TaskDefinition, TASK) ?? family.at(-1);
}

/**
 * What a role of the running revision may no longer do, while tasks of it still run.
 * A policy that goes with a rollout goes in the cleanup, when no such task runs any more.
 */
function lostBy(arn: unknown, [before, after]: readonly Existing[], was: Resource, is: Resource): Grant[] {
  const [former, later] = [roleAt(arn, before), roleAt(arn, after)];
  if (!former || !later) {
    return [];
  }
  const rolledOut = was.properties.TaskDefinition !== is.properties.TaskDefinition;
  const grants = grantsOf(former, before);
  const kept = rolledOut ? grants.filter(({ by }) => !after.named(by)) : [];
  return missingFrom(grants, [...grantsOf(later, after), ...kept]);
}

function ofTasks(service: Resource, lost: readonly Grant[]): Loss[] {
  const [connect, rest] = [lost.filter(signsIn), lost.filter((grant) => !signsIn(grant))];
  return [
    ...(connect.length > 0
      ? [{
        resource: service,
        verdict: 'interruption' as const,
        says:
          `running tasks of ${service.logicalId} get no new connection to the database, ` +
          'until a rollout has replaced them',
      }]
      : []),
    ...(rest.length > 0
      ? [{
        resource: service,
        verdict: 'some affected' as const,
        says: `running tasks of ${service.logicalId} are refused ${actionsOf(rest)}, until a rollout has replaced them`,
      }]
      : []),
  ];
}

function ofStarts(service: Resource, lost: readonly Grant[]): Loss[] {
  const isLog = ({ action }: Grant) => action.startsWith('logs:');
  const rest = lost.filter((grant) => !isLog(grant));
  const says = [
    ...(lost.some(isLog)
      ? [`logs of running tasks of ${service.logicalId} are lost, until a rollout has replaced them`]
      : []),
    ...(rest.length > 0
      ? [
        `no new task of the running revision of ${service.logicalId} starts, until a rollout has replaced it, ` +
        `for want of ${actionsOf(rest)}`,
      ]
      : []),
  ];
  return says.map((sentence) => ({ resource: service, verdict: 'some affected', says: sentence }));
}

function signsIn({ action }: Grant): boolean {
  return action === SIGN_IN;
}
