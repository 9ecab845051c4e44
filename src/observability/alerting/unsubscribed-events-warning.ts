import { Aspects, CfnResource, type IAspect, Stack, Stage, Validations } from 'aws-cdk-lib';
import { CfnMicrosoftTeamsChannelConfiguration, CfnSlackChannelConfiguration } from 'aws-cdk-lib/aws-chatbot';
import { CfnSubscription, type ITopic } from 'aws-cdk-lib/aws-sns';
import type { IConstruct } from 'constructs';
import { DatabaseEvents } from '../../database';

/** Warns of database events without a subscription, once in a stage whose alerts have channels. */
export function warnOfUnsubscribedEvents(scope: IConstruct): void {
  const aspects = Aspects.of(Stage.of(scope) ?? scope.node.root);
  if (!aspects.all.some((aspect) => aspect instanceof UnsubscribedEventsWarning)) {
    aspects.add(new UnsubscribedEventsWarning());
  }
}

/** Aspect that finds topics of database events without a subscription. */
class UnsubscribedEventsWarning implements IAspect {
  public visit(node: IConstruct): void {
    if (node instanceof DatabaseEvents && !hasSubscription(node.topic)) {
      Validations.of(node).addWarning(
        '@org/prod-constructs:unreadDatabaseEvents',
        'Nobody is notified of the events of these databases: failovers, full disks, maintenance. ' +
          'Give the database to GoldenSignalAlarms, call listenTo() of the AlertRouting with this topic, ' +
          'or subscribe another receiver.',
      );
    }
  }
}

/** Compares CloudFormation types, which are the same in every loaded copy of aws-cdk-lib. */
function hasSubscription(topic: ITopic): boolean {
  const own = JSON.stringify(Stack.of(topic).resolve(topic.topicArn));
  return topic.node.root.node
    .findAll()
    .filter((construct) => CfnResource.isCfnResource(construct))
    .some((resource) => {
      switch (resource.cfnResourceType) {
        case CfnSubscription.CFN_RESOURCE_TYPE_NAME:
          return (resource as CfnSubscription).topicArn === topic.topicArn;
        case CfnSlackChannelConfiguration.CFN_RESOURCE_TYPE_NAME:
        case CfnMicrosoftTeamsChannelConfiguration.CFN_RESOURCE_TYPE_NAME:
          return JSON.stringify(
            resource.stack.resolve((resource as CfnSlackChannelConfiguration).snsTopicArns) ?? '',
          ).includes(own);
        default:
          return false;
      }
    });
}
