import { Aspects, CfnResource, type IAspect, Stack, Stage, Validations } from 'aws-cdk-lib';
import { CfnMicrosoftTeamsChannelConfiguration, CfnSlackChannelConfiguration } from 'aws-cdk-lib/aws-chatbot';
import { CfnSubscription, type ITopic } from 'aws-cdk-lib/aws-sns';
import type { IConstruct } from 'constructs';
import { DatabaseEvents } from '../../database';

/** Warns, once, of events of databases that nobody reads, in all of the stage in which alerts have channels. */
export function warnOfUnreadEvents(scope: IConstruct): void {
  const aspects = Aspects.of(Stage.of(scope) ?? scope.node.root);
  if (!aspects.all.some((aspect) => aspect instanceof UnreadEventsWarning)) {
    aspects.add(new UnreadEventsWarning());
  }
}

/** Finds topics of database events without a subscription. */
class UnreadEventsWarning implements IAspect {
  public visit(node: IConstruct): void {
    if (node instanceof DatabaseEvents && !isRead(node.topic)) {
      Validations.of(node).addWarning(
        '@org/prod-constructs:unreadDatabaseEvents',
        'Nobody reads what happens to these databases: failovers, full disks, maintenance. Give the database to GoldenSignalAlarms, call listenTo of the AlertRouting with this topic, or subscribe somebody else.',
      );
    }
  }
}

/** By CloudFormation's types, which are the same in every copy of aws-cdk-lib that a program may have loaded. */
function isRead(topic: ITopic): boolean {
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
