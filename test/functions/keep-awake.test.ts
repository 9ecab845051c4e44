import type { Template } from 'aws-cdk-lib/assertions';
import { decide, type HookContext } from '../../lambda/rollout-hook/decision';
import { CredentialRotation, type HardenedDatabaseProps, HardenedMysql, HardenedPostgres, SecureVpc, SmokeTest } from '../../src';
import { ACCOUNT, REGION, templateOf, testStack, unacknowledged } from '../fixtures/test-stack';
import { serviceFixture } from '../fixtures/web-service';

/* eslint-disable @typescript-eslint/no-explicit-any -- resources are whatever CloudFormation takes */
interface Wake { readonly FunctionName: any; readonly InvocationType: string; readonly Payload: string }

/** Schedules that invoke functions, with the input as an object in which a reference stands as text. */
function wakes(template: Template): Array<{ expression: string; input: Wake; schedule: any }> {
  return Object.values(template.findResources('AWS::Scheduler::Schedule'))
    .map(({ Properties }) => Properties)
    .filter(({ Target }) => JSON.stringify(Target.Arn).includes('aws-sdk:lambda:invoke'))
    .map((schedule) => ({ expression: schedule.ScheduleExpression, input: inputOf(schedule.Target.Input), schedule }));
}

const inputOf = (input: any): Wake => JSON.parse(textOf(input)) as Wake;

/** A value of a template as text, with the logical id for a reference. */
function textOf(value: any): string {
  const parts: any[] = typeof value === 'string' ? [value] : value['Fn::Join'][1];
  return parts.map((part) => (typeof part === 'string' ? part : nameOf(part))).join('');
}

const nameOf = (part: any): string => part.Ref === 'AWS::Partition' ? 'aws' : part['Fn::GetAtt']?.join('.') ?? part.Ref;

/** Functions that Lambda may make inactive: those of the template in a network, and those of AWS's hosted rotation. */
function sleepyFunctions(template: Template): string[] {
  const own = Object.entries(template.findResources('AWS::Lambda::Function')).filter(([, { Properties }]) => Properties.VpcConfig);
  const hosted = Object.values(template.findResources('AWS::SecretsManager::RotationSchedule'))
    .flatMap(({ Properties }) => Properties.HostedRotationLambda ?? [])
    .filter(({ VpcSubnetIds }) => VpcSubnetIds);
  return [
    ...own.map(([id]) => `${id}.Arn`),
    ...hosted.map(({ RotationLambdaName: name }) => `arn:aws:lambda:${REGION}:${ACCOUNT}:function:${name}`),
  ].sort();
}

const hooked = () => serviceFixture({ smokeTest: SmokeTest.http('/health') });

describe('Functions in a network that nobody calls for weeks', () => {
  test.each([
    ['the rollout hook', () => hooked().stack],
    ['rotations of PostgreSQL', () => databaseStack(HardenedPostgres)],
    ['rotations of MySQL', () => databaseStack(HardenedMysql)],
  ])('are invoked by a schedule twice a week: %s', (_, make) => {
    const template = templateOf(make());
    const found = wakes(template);

    expect(found.map(({ input }) => nameOf({ Ref: input.FunctionName })).sort()).toEqual(sleepyFunctions(template));
    expect(sleepyFunctions(template).length).toBeGreaterThan(0);
    expect(new Set(found.map(({ expression }) => expression))).toEqual(new Set(['rate(3 days)']));
  });

  test('are invoked by a role that may invoke them and nothing else', () => {
    const template = templateOf(databaseStack(HardenedPostgres));
    const roleOf = ({ schedule }: { schedule: any }) => schedule.Target.RoleArn['Fn::GetAtt'][0] as string;
    const policies = Object.values(template.findResources('AWS::IAM::ManagedPolicy'));
    new Set(wakes(template).map(roleOf)).forEach((role) => {
      const woken = wakes(template).filter((wake) => roleOf(wake) === role);
      const statements = policies
        .filter(({ Properties }) => JSON.stringify(Properties.Roles) === JSON.stringify([{ Ref: role }]))
        .flatMap(({ Properties }) => Properties.PolicyDocument.Statement);
      expect(statements.map(({ Effect, Action }) => [Effect, Action])).toEqual([['Allow', 'lambda:InvokeFunction']]);
      expect([statements[0].Resource].flat().map((arn) => (arn['Fn::Join'] || typeof arn === 'string' ? textOf(arn) : nameOf(arn))).sort())
        .toEqual(woken.map(({ input }) => input.FunctionName as string).sort());
    });
    expect(wakes(template)).toHaveLength(4);
  });

  test('answer without a repetition, because Lambda repeats what fails asynchronously', () => {
    const [{ input }] = wakes(templateOf(hooked().stack));

    expect(input.InvocationType).toBe('RequestResponse');
  });

  test('do nothing when the hook is woken: it asks no service and starts no command', async () => {
    const [{ input }] = wakes(templateOf(hooked().stack));
    const nothing = new Proxy({}, { get: (_, name) => { throw new Error(`it reads ${String(name)}`); } });

    expect(await decide(JSON.parse(input.Payload), nothing as HookContext)).toEqual({ hookStatus: 'SUCCEEDED' });
  });

  test('act on no event of ECS that says wake: a payload with a stage is a decision', async () => {
    jest.spyOn(console, 'error').mockImplementation();
    expect(await decide({ wake: true, lifecycleStage: 'PRE_PRODUCTION_TRAFFIC_SHIFT' }, {} as HookContext)).toEqual({ hookStatus: 'FAILED' });
  });

  test('lack the field that AWS\'s rotation reads first, so a rotation that is woken ends before it reads a secret', () => {
    wakes(templateOf(databaseStack(HardenedPostgres))).forEach(({ input }) => expect(Object.keys(JSON.parse(input.Payload))).toEqual(['wake']));
  });

  test('are not in the template where no function is in a network', () => {
    expect(wakes(templateOf(serviceFixture().stack))).toEqual([]);
    expect(wakes(templateOf(databaseStack(HardenedPostgres, { credentials: CredentialRotation.iamAuthentication(), setup: false })))).toEqual([]);
  });

  test.each([['the rollout hook', () => hooked().stack], ['rotations', () => databaseStack(HardenedPostgres)]])('leave no finding of the four packs: %s', (_, make) => {
    expect(unacknowledged(make()).filter((finding) => finding.includes('Awake'))).toEqual([]);
  });
});

function databaseStack(Database: typeof HardenedPostgres | typeof HardenedMysql, props: Partial<HardenedDatabaseProps> = {}) {
  const stack = testStack();
  new Database(stack, 'Database', { network: new SecureVpc(stack, 'Network'), ...props });
  return stack;
}
