import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import type { ForwarderPlan } from '../../src/observability/alerting/channels/forwarder-plan';
import { homeOf } from './alert';
import { forward } from './forward';
import { relay } from './relay';
import { Secret } from './secret';

const plan = JSON.parse(process.env.FORWARDER_PLAN ?? '') as ForwarderPlan;
const secret = new Secret(async () => {
  const { secretArn: SecretId } = plan as { secretArn?: string };
  return (await new SecretsManagerClient({}).send(new GetSecretValueCommand({ SecretId }))).SecretString;
}, Date.now);
const sns = new SNSClient({});

/** Part of the context of Lambda. */
interface InvocationContext {
  readonly invokedFunctionArn: string;
  getRemainingTimeInMillis(): number;
}

/** Handler that SNS invokes for each message. */
export async function handler(event: unknown, context: InvocationContext): Promise<void> {
  const home = homeOf(context.invokedFunctionArn);
  if (plan.kind === 'relay') {
    return relay(event, { topicArn: plan.topicArn, home }, async (message) => sns.send(new PublishCommand(message)));
  }
  return forward(event, {
    plan,
    home,
    secret,
    log: (line) => console.log(line),
    clock: {
      now: Date.now,
      sleep: async (ms) => new Promise((done) => setTimeout(done, ms)),
      left: () => context.getRemainingTimeInMillis(),
    },
  });
}
