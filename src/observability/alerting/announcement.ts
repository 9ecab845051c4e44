import { EventField, type EventPattern, type IRuleTarget, Rule, RuleTargetInput } from 'aws-cdk-lib/aws-events';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { Construct, IConstruct } from 'constructs';
import { stackPath } from '../../text/stack-path';
import { textFor } from '../../text/text-for';
import { chatMessage } from './channels/chat-message';

/** Events that are announced alike. */
export interface Announcement {
  /** Pattern of the events. */
  readonly pattern: EventPattern;
  /** Beginning of the title, before the path of the source. */
  readonly title: string;
  /** Text from fields that each of these events has. EventBridge sends nothing where one is missing. */
  readonly text: string;
  /** Topics whose policies allow EventBridge. */
  readonly topics: ITopic[];
}

/** Rule that announces events about a source to topics. */
export function announce(
  scope: Construct,
  id: string,
  source: IConstruct,
  { pattern, title, text, topics }: Announcement,
): void {
  // Angle brackets name a variable in the template of a message.
  const path = stackPath(source).replace(/[<>]/g, '_');
  const message = RuleTargetInput.fromObject(chatMessage(`${title}: ${path}`, `${text} (${EventField.time})`));
  new Rule(scope, id, {
    description: textFor('event rule', `${title}: ${path}`),
    eventPattern: pattern,
    targets: topics.map((topic) => topicTarget(topic, message)),
  });
}

/** The topics' policies already allow EventBridge. CDK's own target would add it again. */
function topicTarget(topic: ITopic, message: RuleTargetInput): IRuleTarget {
  return { bind: () => ({ arn: topic.topicArn, input: message, targetResource: topic }) };
}
