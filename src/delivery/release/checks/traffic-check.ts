import { copy, type NamedState, part, type Part, put } from '../../asl/asl';
import { absent, allOf, branches, choice, type Condition, isTrue } from '../../asl/conditions';
import { array, contains, quoted } from '../../asl/intrinsics';
import type { AwsCalls } from '../../asl/sdk-integrations';
import type { JsonPath } from '../../asl/state';
import { SERVICE } from '../context/service-facts';

/** Transitions of {@link checkTraffic}. */
interface TrafficOptions {
  /** Prefix of the names of its states. */
  readonly name: string;
  /** State to go to where all traffic goes to one group with a healthy task, or no rule is known. */
  readonly whole: string;
  /** State to go to where traffic is divided, or goes to no group. */
  readonly divided: string;
  /** State to go to where the group has no healthy task. */
  readonly unhealthy: string;
  /**
   * State to go to when a call fails.
   * @default - the call is retried, and fails
   */
  readonly failed?: string;
}

const TRAFFIC = '$.traffic';
const GROUPS: JsonPath = `${TRAFFIC}.rules[0].Actions[0].ForwardConfig.TargetGroups`;
const TARGETS = '$.targets';
/** ARN of the target group that serves. */
export const TARGET_GROUP = '$.group';

/** Checks that all traffic of a service goes to one target group, and that the group has a healthy task. */
export function checkTraffic(calls: AwsCalls, options: TrafficOptions): Part {
  const { name, whole, divided, unhealthy, failed } = options;
  const state = (of: string) => `${name}: ${of}`;
  const takeGroup = (index: number, label: string): NamedState => [
    state(`take the ${label} target group`),
    { ...copy(`${GROUPS}[${index}].TargetGroupArn`, TARGET_GROUP), Next: state('describe targets') },
  ];
  return part(
    [state('is no rule known?'), choice([absent(SERVICE.rule)], whole)],
    [
      state('describe rule'),
      calls.task(
        'elasticloadbalancingv2:describeRules',
        { 'RuleArns.$': array(SERVICE.rule) },
        { resources: ['*'], resultPath: TRAFFIC, resultSelector: { 'rules.$': '$.Rules' }, failed },
      ),
    ],
    [
      state('which target group serves?'),
      branches(
        [
          { when: absent(`${GROUPS}[0]`), next: divided },
          { when: absent(`${GROUPS}[1]`), next: state('take the first target group') },
          { when: allOf(weighs(0), weighsNothing(1)), next: state('take the first target group') },
          { when: allOf(weighsNothing(0), weighs(1)), next: state('take the second target group') },
        ],
        divided,
      ),
    ],
    takeGroup(0, 'first'),
    takeGroup(1, 'second'),
    [
      state('describe targets'),
      calls.task(
        'elasticloadbalancingv2:describeTargetHealth',
        { 'TargetGroupArn.$': TARGET_GROUP },
        { resources: ['*'], resultPath: TARGETS, failed },
      ),
    ],
    [state('has it no target?'), choice([absent(`${TARGETS}.TargetHealthDescriptions[0]`)], unhealthy)],
    [
      state('find healthy targets'),
      put(TARGETS, {
        'healthy.$': contains(`${TARGETS}.TargetHealthDescriptions[*].TargetHealth.State`, quoted('healthy')),
      }),
    ],
    [state('is any target healthy?'), choice([isTrue(`${TARGETS}.healthy`)], whole, unhealthy)],
  );
}

function weighs(group: number): Condition {
  return { Variable: `${GROUPS}[${group}].Weight`, NumericGreaterThan: 0 };
}

function weighsNothing(group: number): Condition {
  return { Variable: `${GROUPS}[${group}].Weight`, NumericEquals: 0 };
}
