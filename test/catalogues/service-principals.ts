/** Service that a policy admits without a condition on the account that it acts for, with the reason. */
export interface UnconditionedService {
  /** Type of the resource with the policy. */
  readonly type: string;
  readonly service: string;
  readonly reason: string;
}

/**
 * Each service principal that no condition binds to an account, in any template.
 *
 * A condition that the service does not send never holds, and stops a system that runs. So a row stays until AWS
 * documents one.
 */
export const UNCONDITIONED: readonly UnconditionedService[] = [
  {
    type: 'AWS::IAM::Role',
    service: 'lambda.amazonaws.com',
    reason: 'Lambda documents no source key when it assumes an execution role. Only who may pass the role in its own account gives it to a function.',
  },
  {
    type: 'AWS::IAM::Role',
    service: 'ecs-tasks.amazonaws.com',
    reason: 'The execution role. ECS documents the condition for the task role, which has it, and none for the role that starts tasks.',
  },
  {
    type: 'AWS::IAM::Role',
    service: 'ecs.amazonaws.com',
    reason: 'ECS documents its infrastructure roles and the role that invokes hooks without a source key. Only who may pass the role gives it to a service.',
  },
  {
    type: 'AWS::IAM::Role',
    service: 'chatbot.amazonaws.com',
    reason: 'Amazon Q Developer in chat applications documents no source key for the roles of channels. Only who may pass the role gives it to a channel.',
  },
  {
    type: 'AWS::KMS::Key',
    service: 'events.amazonaws.com',
    reason: 'EventBridge supports no condition in the policy of a key of a topic.',
  },
  {
    type: 'AWS::Logs::ResourcePolicy',
    service: 'events.amazonaws.com',
    reason: 'The policy that EventBridge documents for log groups has no condition. It names the one log group.',
  },
  {
    type: 'AWS::Logs::ResourcePolicy',
    service: 'delivery.logs.amazonaws.com',
    reason: 'The policy that EventBridge documents for log groups has no condition. It names the one log group.',
  },
  {
    type: 'AWS::KMS::Key',
    service: 'backup.amazonaws.com',
    reason: 'AWS Backup documents no condition for topics, and publishes to topics of its own account only.',
  },
  {
    type: 'AWS::SNS::TopicPolicy',
    service: 'backup.amazonaws.com',
    reason: 'AWS Backup documents no condition for topics, and publishes to topics of its own account only.',
  },
  {
    type: 'AWS::KMS::Key',
    service: 'codestar-notifications.amazonaws.com',
    reason: 'Notification rules document the service that uses the key, which is SNS of this region, and no account.',
  },
  {
    type: 'AWS::SNS::TopicPolicy',
    service: 'codestar-notifications.amazonaws.com',
    reason: 'Notification rules document no condition for topics.',
  },
  {
    type: 'AWS::S3::BucketPolicy',
    service: 'logdelivery.elasticloadbalancing.amazonaws.com',
    reason: 'The statement ends in AWSLogs and the id of this account, below which only logs of this account are written.',
  },
];
