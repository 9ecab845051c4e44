import { Account } from './account';
import { changingWaysToAws } from './cases/aws-calls';
import { accountOfCases as anAccount, resource, template } from './cases/case';
import { names, parameter, steps, topic } from './cases/parts';
import { described } from './outcome';
import type { Properties } from './template';

describe('Order (CloudFormation User Guide, "DependsOn attribute" and "Understand stack update behaviors")', () => {
  const chain = template({
    Policy: resource('AWS::SNS::TopicPolicy', { Topics: [{ Ref: 'Topic' }] }),
    Last: topic({ DisplayName: { 'Fn::Sub': 'after ${Value}' } }, { DependsOn: 'Policy' }),
    Topic: topic({ KmsMasterKeyId: { 'Fn::GetAtt': 'Key.Arn' } }),
    Key: resource('AWS::KMS::Key'),
    Value: parameter('/value', { 'Fn::Join': ['', ['arn of ', { 'Fn::GetAtt': ['Topic', 'TopicArn'] }]] }),
  });

  test('Ref, Fn::GetAtt, Fn::Sub and DependsOn are followed to what they name', () => {
    expect(names(anAccount().deploy('Shop', chain).state.resources)).toEqual([
      'Key',
      'Topic',
      'Policy',
      'Value',
      'Last',
    ]);
  });

  test('a stack is deleted in reverse order', () => {
    const account = anAccount();
    account.deploy(
      'Shop',
      template({ A: topic(), B: topic({}, { DependsOn: 'A' }), C: topic({}, { DependsOn: 'B' }) }),
    );
    expect(steps(account.remove('Shop'))).toEqual(['removal: delete C', 'removal: delete B', 'removal: delete A']);
  });

  test('a circle is refused before anything is created', () => {
    const { steps: none, verdict } = anAccount().deploy(
      'Shop',
      template({ A: topic({}, { DependsOn: 'B' }), B: topic({}, { DependsOn: 'A' }) }),
    );
    expect([none, verdict]).toEqual([[], 'refused by AWS']);
  });

  test('new resources and replacements come before what is removed and replaced', () => {
    const account = anAccount();
    account.deploy(
      'Shop',
      template({ Old: topic(), Named: topic({ TopicName: 'a' }), User: parameter('/user', { Ref: 'Named' }) }),
    );
    const outcome = account.update(
      'Shop',
      template({ Named: topic({ TopicName: 'b' }), User: parameter('/user', { Ref: 'Named' }), New: topic() }),
    );
    expect(steps(outcome)).toEqual([
      'change: replace Named',
      'change: update User',
      'change: create New',
      'cleanup: delete Named',
      'cleanup: delete Old',
    ]);
  });

  test('a replacement is passed on through create-only properties', () => {
    const vpc = (CidrBlock: string) =>
      template({
        Vpc: resource('AWS::EC2::VPC', { CidrBlock }),
        Subnet: resource('AWS::EC2::Subnet', { VpcId: { Ref: 'Vpc' }, CidrBlock: '10.0.1.0/24' }),
        Gateway: resource('AWS::EC2::NatGateway', { SubnetId: { Ref: 'Subnet' } }),
        Route: resource('AWS::EC2::Route', {
          RouteTableId: 'rtb-1',
          DestinationCidrBlock: '0.0.0.0/0',
          NatGatewayId: { Ref: 'Gateway' },
        }),
      });
    const account = anAccount();
    account.deploy('Shop', vpc('10.0.0.0/16'));
    expect(
      account.update('Shop', vpc('10.0.0.0/15')).changes.map(({ action, logicalId }) => `${action} ${logicalId}`),
    ).toEqual(['replace Vpc', 'replace Subnet', 'replace Gateway', 'update Route']);
  });

  test('an attribute that counts updates changes with one, and what reads it follows', () => {
    const machine = (DefinitionString: string) =>
      template({
        Machine: resource('AWS::StepFunctions::StateMachine', { DefinitionString }),
        User: parameter('/revision', { 'Fn::GetAtt': ['Machine', 'StateMachineRevisionId'] }),
      });
    const account = anAccount();
    account.deploy('Shop', machine('a'));
    expect(steps(account.update('Shop', machine('b')))).toEqual(['change: update Machine', 'change: update User']);
  });

  test('a name within a longer name is no reference', () => {
    const account = anAccount();
    account.deploy('Shop', template({ Topic: topic({ TopicName: 'shop' }), Other: parameter('/shop-eu', 'my-shop') }));
    const [found] = account.existing.of('AWS::SNS::Topic');
    expect(account.existing.usersOf({ ...found, physicalId: 'shop' })).toEqual([found]);
  });

  test('the same template again changes nothing', () => {
    const account = anAccount();
    account.deploy('Shop', chain);
    expect(account.update('Shop', chain)).toMatchObject({
      verdict: 'nothing',
      steps: [],
      state: { status: 'UPDATE_COMPLETE' },
    });
  });
});

describe('Conditions and parameters (CloudFormation User Guide, "Conditions" and "Parameters")', () => {
  const released = {
    Parameters: { Released: { Type: 'AWS::SSM::Parameter::Value<String>', Default: '/released' } },
    Conditions: {
      Nothing: { 'Fn::Equals': [{ Ref: 'Released' }, 'none'] },
      Something: { 'Fn::Not': [{ Condition: 'Nothing' }] },
    },
    Resources: {
      Service: resource('AWS::ECS::Service', { DesiredCount: { 'Fn::If': ['Nothing', 0, { Ref: 'AWS::NoValue' }] } }),
      Alarm: resource('AWS::CloudWatch::Alarm', {}, { Condition: 'Something' }),
    },
  };

  test('a value is read from the Parameter Store, and Fn::If and Condition follow it', () => {
    const account = anAccount();
    account.deploy('Registry', template({ Released: parameter('/released', 'none') }));
    const first = account.deploy('Shop', released);
    expect(first.state.resources.map(({ logicalId, properties }) => [logicalId, properties])).toStrictEqual([
      ['Service', { DesiredCount: 0 }],
    ]);
    account.update('Registry', template({ Released: parameter('/released', '1.4.2') }));
    const second = account.update('Shop', released);
    expect(second.state.resources.map(({ logicalId, properties }) => [logicalId, properties])).toStrictEqual([
      ['Service', {}],
      ['Alarm', {}],
    ]);
  });

  test('a parameter of another account or region cannot be fetched', () => {
    expect(described(anAccount().deploy('Shop', released))[0]).toContain('Unable to fetch parameters [/released]');
  });

  test('a third zone is refused where Fn::GetAZs returns two', () => {
    const third = template({
      Subnet: resource('AWS::EC2::Subnet', { AvailabilityZone: { 'Fn::Select': [2, { 'Fn::GetAZs': '' }] } }),
    });
    expect(anAccount().deploy('Shop', third).verdict).toBe('in place');
    expect(new Account({ account: '111111111111', region: 'us-west-1' }).deploy('Shop', third).verdict).toBe(
      'refused by AWS',
    );
  });
});

describe('Stacks of one account (CloudFormation User Guide, "Get exported outputs from a deployed stack")', () => {
  const producer = (TopicName: string) => ({
    ...template({ Topic: topic({ TopicName }) }),
    Outputs: { Arn: { Value: { Ref: 'Topic' }, Export: { Name: 'arn' } }, Weak: { Value: { Ref: 'Topic' } } },
  });
  const consumer = (value: unknown) => template({ User: parameter('/user', value) });

  test('an export that is in use cannot change', () => {
    const account = anAccount();
    account.deploy('Alerts', producer('a'));
    account.deploy('Shop', consumer({ 'Fn::ImportValue': 'arn' }));
    expect(account.update('Alerts', producer('b'))).toMatchObject({
      verdict: 'refused by AWS',
      state: { status: 'UPDATE_ROLLBACK_COMPLETE' },
    });
    expect(account.remove('Alerts').verdict).toBe('refused by AWS');
  });

  test('an output read by Fn::GetStackOutput changes, and its reader follows with its own deployment', () => {
    const account = anAccount();
    const reader = consumer({ 'Fn::GetStackOutput': { StackName: 'Alerts', OutputName: 'Weak' } });
    account.deploy('Alerts', producer('a'));
    account.deploy('Shop', reader);
    expect(account.update('Alerts', producer('b')).state.status).toBe('UPDATE_COMPLETE');
    expect(steps(account.deploy('Shop', reader))).toEqual(['change: update User']);
  });

  test('what other stacks do not offer is refused', () => {
    expect(anAccount().deploy('Shop', consumer({ 'Fn::ImportValue': 'arn' })).verdict).toBe('refused by AWS');
  });
});

describe('A change that no rule classifies is unknown', () => {
  const update = (type: string, before: Properties, after: Properties) => {
    const account = anAccount();
    account.deploy('Shop', template({ Subject: resource(type, before) }));
    return account.update('Shop', template({ Subject: resource(type, after) })).verdict;
  };

  test('of a type without rules', () => expect(update('Custom::Thing', { a: 1 }, { a: 2 })).toBe('unknown'));
  test('of a property that the specification does not list', () =>
    expect(update('AWS::CloudWatch::Alarm', { Colour: 'red' }, { Colour: 'blue' })).toBe('unknown'));
  test('of a property that replaces only sometimes, where no rule decides', () => {
    expect(update('AWS::EC2::Instance', { InstanceType: 'a' }, { InstanceType: 'b' })).toBe('unknown');
  });
});

describe('Calls of tasks to AWS (AWS PrivateLink Guide, "Private DNS")', () => {
  test.each([
    ['an endpoint that admits the subnet', changingWaysToAws('10.0.0.0/16')],
    ['a route that stays', changingWaysToAws()],
  ])('%s cuts nobody off', (_, play) => {
    expect(described(play(anAccount())).filter((line) => line.includes('calls-to-aws-cut'))).toEqual([]);
  });
});

describe('Parameters (AWS CDK CLI reference, "cdk deploy": --previous-parameters)', () => {
  const reading = (id: string, Default: string) => ({
    ...template({ Topic: topic({ DisplayName: { Ref: id } }) }),
    Parameters: { [id]: { Type: 'AWS::SSM::Parameter::Value<String>', Default } },
  });
  const account = () => {
    const made = anAccount();
    ['/a', '/b'].forEach((name) => made.putParameter(name, `value of ${name}`));
    made.deploy('Shop', reading('Name', '/a'));
    return made;
  };

  test('a parameter that the stack has keeps its value, whatever its default becomes', () => {
    const [{ properties }] = account().update('Shop', reading('Name', '/b')).state.resources;
    expect(properties.DisplayName).toBe('value of /a');
  });

  test('a parameter of another name begins with its default', () => {
    const [{ properties }] = account().update('Shop', reading('Other', '/b')).state.resources;
    expect(properties.DisplayName).toBe('value of /b');
  });

  test('an update of the resource writes the value of the template over that of a release', () => {
    const made = anAccount();
    made.deploy('Registry', template({ Released: parameter('/released', 'none') }));
    made.putParameter('/released', 'live-1');
    made.update('Registry', template({ Released: parameter('/released', 'none'), Topic: topic() }));
    expect(made.deploy('Shop', reading('Name', '/released')).state.resources[0].properties.DisplayName).toBe('live-1');
    const tagged = resource('AWS::SSM::Parameter', { Name: '/released', Value: 'none', Tags: { team: 'shop' } });
    made.update('Registry', template({ Released: tagged }));
    expect(made.update('Shop', reading('Name', '/released')).state.resources[0].properties.DisplayName).toBe('none');
  });
});
