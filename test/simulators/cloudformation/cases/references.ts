import { type Case, resource, STACK, template } from './case';

const producer = (TopicName: string) => ({
  ...template({ Topic: resource('AWS::SNS::Topic', { TopicName }) }),
  Outputs: { Arn: { Value: { Ref: 'Topic' } } },
});

/** Documented behaviour of references between stacks. */
export const REFERENCE_CASES: readonly Case[] = [
  {
    rule: 'named-by-another-stack',
    verdict: 'interruption',
    shows: 'a reader of an output keeps the former value until it is deployed itself',
    play: (account) => {
      account.deploy(STACK, producer('orders'));
      const value = { 'Fn::GetStackOutput': { StackName: STACK, OutputName: 'Arn' } };
      account.deploy('Reader', template({ Rule: resource('AWS::Events::Rule', { Targets: [{ Arn: value }] }) }));
      return account.update(STACK, producer('invoices'));
    },
  },
];
