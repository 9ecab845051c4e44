import type { Rules } from './rule';

/** References between stacks. */
export const REFERENCES: Rules = {
  effects: [
    {
      id: 'named-by-another-stack',
      source:
        'CloudFormation template reference, "Fn::GetStackOutput": the value is read when the consumer is deployed',
      on: ['replace', 'delete'],
      effect: ({ before, policy }, running) => {
        const user = running.usersOf(before!).find(({ stack }) => stack !== before!.stack);
        return user && policy !== 'Retain'
          ? {
            verdict: 'interruption',
            says: `${user.logicalId} of ${user.stack} names what is gone, until its own deployment`,
          }
          : undefined;
      },
    },
  ],
};
