import { identityAnswer, resourceAnswer, type Statement } from './policy';

const ROLE = 'arn:aws:iam::111111111111:role/pipeline';
const caller = { kind: 'AWS', id: ROLE } as const;
const request = { caller, action: 'sts:AssumeRole', resource: 'arn:aws:iam::222222222222:role/start' };
const trust = (statement: Partial<Statement>) =>
  resourceAnswer({ Statement: { Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { AWS: 'arn:aws:iam::111111111111:root' }, ...statement } }, request);

describe('The evaluation of policies', () => {
  test('denies what no statement allows, and what one denies', () => {
    const allow = { Effect: 'Allow', Action: 'sts:*', Resource: '*' };
    expect(identityAnswer([{ Statement: { ...allow, Action: 's3:*' } }], request)).toBe('nothing');
    expect(identityAnswer([{ Statement: allow }], request)).toBe('allow');
    expect(identityAnswer([{ Statement: [allow, { ...allow, Effect: 'Deny', Resource: request.resource }] }], request)).toBe('deny');
  });

  test('compares actions without case, and resources with their wildcards', () => {
    const policy = (Action: string, Resource: string) => identityAnswer([{ Statement: { Effect: 'Allow', Action, Resource } }], request);
    expect(policy('STS:assumerole', 'arn:aws:iam::222222222222:role/st?rt')).toBe('allow');
    expect(policy('sts:AssumeRole', 'arn:aws:iam::222222222222:role/star')).toBe('nothing');
    expect(policy('sts:AssumeRol', '*')).toBe('nothing');
  });

  test('tells a principal from its whole account', () => {
    expect(trust({})).toBe('account');
    expect(trust({ Principal: { AWS: '111111111111' } })).toBe('account');
    expect(trust({ Principal: { AWS: ROLE } })).toBe('allow');
    expect(trust({ Principal: { AWS: 'arn:aws:iam::333333333333:root' } })).toBe('nothing');
    expect(trust({ Principal: { Service: 'codepipeline.amazonaws.com' } })).toBe('nothing');
  });

  test('holds a statement only where each condition does, and refuses what it does not know', () => {
    expect(trust({ Condition: { ArnEquals: { 'aws:PrincipalArn': ROLE } } })).toBe('account');
    expect(trust({ Condition: { ArnEquals: { 'aws:PrincipalArn': `${ROLE}-2` } } })).toBe('nothing');
    expect(trust({ Condition: { StringEquals: { 'sts:ExternalId': 'x' } } })).toBe('nothing');
    expect(() => trust({ Condition: { NumericLessThan: { 'aws:x': '1' } } })).toThrow('NumericLessThan is not evaluated');
    expect(() => trust({ NotPrincipal: {} })).toThrow('not evaluated');
  });
});
