import { type CfnResource, Token } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { checkRules } from '../../validation/rules';

/** Tags that never change, by key. */
export interface FixedTags {
  readonly [key: string]: string;
}

const MAX_TAGS = 50;
const TAG_TEXT = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u;

/**
 * Gives a resource these tags and no others, whatever `Tags.of(...)` and aspects add.
 *
 * Deployments move the weights of rules and listeners. CloudFormation would write those of the template with every
 * changed tag.
 */
export function fixTags(resource: CfnResource, tags: FixedTags = {}): void {
  const entries = sortedTags(tags);
  if (entries.length === 0) {
    resource.addPropertyDeletionOverride('Tags');
  } else {
    resource.addPropertyOverride('Tags', entries);
  }
}

/** Refuses tags that a load balancer would refuse. */
export function checkFixedTags(scope: IConstruct, prop: string, tags: FixedTags = {}): void {
  const entries = Object.entries(tags);
  const badKey = entries.find(([key]) => !isText(key, 1, 128) || /^aws:/i.test(key))?.[0];
  const badValue = entries.find(([, value]) => !Token.isUnresolved(value) && !isText(value, 0, 256));
  checkRules(scope, [
    {
      condition: entries.length > MAX_TAGS,
      prop,
      value: `${entries.length} tags`,
      expected: `at most ${MAX_TAGS} tags`,
      fix: 'give only the tags that a policy of your organization requires',
    },
    {
      condition: badKey !== undefined,
      prop,
      value: badKey,
      expected: 'keys of 1 to 128 letters, digits, spaces and _.:/=+-@ that do not begin with aws:',
      fix: "write { CostCentre: '4711' }",
    },
    {
      condition: badValue !== undefined,
      prop: `${prop}.${badValue?.[0]}`,
      value: badValue?.[1],
      expected: 'at most 256 letters, digits, spaces and _.:/=+-@',
      fix: "write { CostCentre: '4711' }",
    },
  ]);
}

/** Sorted, because maps of Go and Java have no order, and an order that changes would edit the resource. */
function sortedTags(tags: FixedTags): Array<{ readonly Key: string; readonly Value: string }> {
  return Object.keys(tags)
    .sort()
    .map((key) => ({ Key: key, Value: tags[key] }));
}

function isText(text: string, min: number, max: number): boolean {
  return text.length >= min && text.length <= max && TAG_TEXT.test(text);
}
