import * as fs from 'fs';
import * as path from 'path';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { CompiledPackage, type Outcome } from './compiled-package';

const ROOT = path.join(__dirname, '..', '..');
const EXAMPLE = path.join(ROOT, 'examples', 'canary-fargate');
const APP = fs.readFileSync(path.join(EXAMPLE, 'app.ts'), 'utf8');
const CDK_JSON = fs.readFileSync(path.join(EXAMPLE, 'cdk.json'), 'utf8');
const BARE_BUCKET = `
  import { App, Stack } from 'aws-cdk-lib';
  import { Bucket } from 'aws-cdk-lib/aws-s3';
  new Bucket(new Stack(new App(), 'bare'), 'Bucket');
`;

describe('the example of document B', () => {
  const good = new CompiledPackage();
  const folder = good.addApp('canary-fargate', APP, CDK_JSON);
  let outcome: Outcome;
  let template: Template;

  beforeAll(() => {
    outcome = good.demo();
    template = Template.fromJSON(JSON.parse(fs.readFileSync(path.join(folder, 'cdk.out', 'canary-application.template.json'), 'utf8')));
  }, 120_000);
  afterAll(() => good.remove());

  test('has at most 60 lines', () => {
    expect(APP.trimEnd().split('\n').length).toBeLessThanOrEqual(60);
  });

  test('is synthesized with validation findings as errors, by the command that a reader would use', () => {
    const { app, context } = JSON.parse(CDK_JSON);
    expect(app).toBe('node app.js');
    expect(context).toHaveProperty('@aws-cdk/core:validateAgainstDefaultRules', true);
  });

  test('leaves nothing unacknowledged in CDK\'s validation and the four cdk-nag packs', () => {
    expect(outcome.status).toBe(0);
    const [head, ...rows] = outcome.stdout.split('\n').slice(1, 5).map((line) => line.trim().split(/ {2,}/));
    expect(head.slice(0, 4)).toEqual(['stack', 'resources', 'bytes', 'findings']);
    expect(rows.map(([name,,, findings]) => [name, findings])).toEqual([['canary-registry', '0'], ['canary-application', '0'], ['2 stacks', '0']]);
  });

  test('fits a screen, and says where the assembly is', () => {
    expect(outcome.stdout.trimEnd().split('\n').length).toBeLessThan(8);
    expect(Math.max(...outcome.stdout.split('\n').map(({ length }) => length))).toBeLessThan(120);
  });

  test('shows every acknowledgement with where it stands and why, when it is asked to', () => {
    expect(good.demo('--verbose').stdout).toContain('acknowledged: AwsSolutions-EC23 at canary-application/Web/LoadBalancer/SecurityGroup: ');
    expect(outcome.stdout).toContain('assembly in examples/canary-fargate/cdk.out');
  });

  test('reads the released image from the parameter that its README writes', () => {
    const readme = fs.readFileSync(path.join(EXAMPLE, 'README.md'), 'utf8');
    template.hasParameter('*', { Type: 'AWS::SSM::Parameter::Value<String>', Default: /--name (\S+)/.exec(readme)![1] });
  });

  test('has the blocks of the document in the three zones of eu-central-1 (B-01, B-15)', () => {
    const subnets = Object.values(template.findResources('AWS::EC2::Subnet')).map(({ Properties }) => `${Properties.AvailabilityZone} ${Properties.CidrBlock}`);
    expect(subnets.sort()).toEqual([
      'eu-central-1a 10.0.1.0/24', 'eu-central-1a 10.0.11.0/24', 'eu-central-1b 10.0.12.0/24', 'eu-central-1b 10.0.2.0/24', 'eu-central-1c 10.0.13.0/24',
      'eu-central-1c 10.0.3.0/24',
    ]);
    template.hasResourceProperties('AWS::EC2::VPC', { CidrBlock: '10.0.0.0/16' });
  });

  test('reaches ECR, logs and S3 by endpoints, and the internet by nothing (B-02, B-14)', () => {
    template.resourceCountIs('AWS::EC2::NatGateway', 0);
    const interfaces = Object.values(template.findResources('AWS::EC2::VPCEndpoint', { Properties: { VpcEndpointType: 'Interface' } }));
    expect(interfaces.map(({ Properties }) => [Properties.ServiceName.split('.').slice(3).join('.'), Properties.SubnetIds.length]).sort())
      .toEqual([['ecr.api', 3], ['ecr.dkr', 3], ['ecs', 3], ['logs', 3]]);
  });

  test('checks /health, and shifts by the steps of the document, a minute each, under an alarm at 99.5 % (B-05, B-07, B-08)', () => {
    template.allResourcesProperties('AWS::ElasticLoadBalancingV2::TargetGroup', { HealthCheckPath: '/health', HealthCheckIntervalSeconds: 30 });
    template.hasResourceProperties('AWS::ECS::Service', {
      LoadBalancers: [Match.objectLike({ ContainerPort: 3000 })],
      DeploymentConfiguration: Match.objectLike({
        Strategy: 'LINEAR', LinearConfiguration: { StepPercent: 10, StepBakeTimeInMinutes: 0 }, Alarms: Match.objectLike({ Enable: true, Rollback: true }),
      }),
    });
    const [plan] = Object.values(template.findResources('AWS::Lambda::Function')).map(({ Properties }) => JSON.parse(Properties.Environment.Variables.ROLLOUT_PLAN));
    expect(JSON.stringify(plan)).toContain('[10,20,50,70');
    // Two failures beyond those that 99.5 % allow, twice.
    template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      Threshold: 2, DatapointsToAlarm: 2, Metrics: Match.arrayWith([Match.objectLike({ Expression: Match.stringLikeRegexp('0\\.005') })]),
    });
  });
});

describe('the demo of apps with a mistake', () => {
  const bad = new CompiledPackage();
  let outcome: Outcome;

  beforeAll(() => {
    bad.addApp('bare-bucket', BARE_BUCKET, CDK_JSON);
    bad.addApp('wrong-port', APP.replace('port: 3000', 'port: 70000'), CDK_JSON);
    outcome = bad.demo();
  }, 120_000);
  afterAll(() => bad.remove());

  test('ends non-zero', () => {
    expect(outcome.status).toBe(1);
  });

  test('shows a wrong prop as one line with the construct path and the way out, without a trace', () => {
    const lines = outcome.stderr.split('\n');
    expect(lines).toContain("  ProductionWebService 'canary-application/Web': port is 70000, expected a whole number from 1 to 65535. Give the port that the process listens on.");
    expect(outcome.stderr).not.toMatch(/^\s+at /m);
  });

  test('shows a finding with its rule and its construct path', () => {
    expect(outcome.stderr).toMatch(/^ {2}bare +1 +[\d,]+ +[1-9]\d* /m);
    expect(outcome.stderr).toContain('finding: AwsSolutions-S1 at bare/Bucket/Resource: The S3 Bucket has server access logs disabled.');
  });
});
