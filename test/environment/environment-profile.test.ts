import { Duration, RemovalPolicy, Stack, Stage } from 'aws-cdk-lib';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { BucketPurpose, EnvironmentProfile, SecureBucket } from '../../src';
import { refusal, templateOf, testApp, testStack } from '../support/test-stack';

const ANSWERS = [
  'name', 'removalPolicy', 'deletionProtection', 'multiAz', 'minTasks', 'maxTasks', 'taskCpu', 'taskMemoryMiB', 'logRetention', 'backupRetention', 'approval', 'fixedImages', 'alertsHeard', 'allAlarms',
] as const;

/** The answers in which two profiles differ. */
function differences(a: EnvironmentProfile, b: EnvironmentProfile): string[] {
  return ANSWERS.filter((answer) => JSON.stringify(a[answer]) !== JSON.stringify(b[answer]));
}

describe('what each profile answers', () => {
  test('production is retained, protected, in several zones and approved (A-05, A-10, A-15, A-32, A-33)', () => {
    expect(EnvironmentProfile.production()).toMatchObject({
      name: 'production',
      removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
      deletionProtection: true,
      multiAz: true,
      minTasks: 2,
      maxTasks: 8,
      taskCpu: 512,
      taskMemoryMiB: 1024,
      logRetention: RetentionDays.ONE_MONTH,
      approval: true,
      fixedImages: true,
      alertsHeard: true,
      allAlarms: true,
    });
    expect(EnvironmentProfile.production().backupRetention.toDays()).toBe(7);
  });

  test('staging differs from production only in size, approval and in who hears of alerts (A-10, A-22, C-23)', () => {
    expect(differences(EnvironmentProfile.production(), EnvironmentProfile.staging())).toEqual(['name', 'maxTasks', 'taskCpu', 'taskMemoryMiB', 'approval', 'alertsHeard']);
  });

  test('development is small, in one zone, watched for outages alone and leaves nothing behind (E-05, E-09, E-11)', () => {
    expect(EnvironmentProfile.development()).toMatchObject({
      removalPolicy: RemovalPolicy.DESTROY,
      deletionProtection: false,
      multiAz: false,
      minTasks: 1,
      maxTasks: 2,
      logRetention: RetentionDays.ONE_WEEK,
      approval: false,
      fixedImages: false,
      allAlarms: false,
    });
    expect(EnvironmentProfile.development().backupRetention.toDays()).toBe(1);
  });
});

describe('which profile holds', () => {
  test('production, where nobody said anything', () => {
    expect(EnvironmentProfile.of(testStack()).name).toBe('production');
  });

  test('that of the nearest scope', () => {
    const app = testApp();
    const stage = new Stage(app, 'Stage');
    const near = new Stack(stage, 'Near');
    const far = new Stack(stage, 'Far');
    EnvironmentProfile.staging().applyTo(stage);
    EnvironmentProfile.development().applyTo(near);

    expect(EnvironmentProfile.of(new Construct(near, 'Inside')).name).toBe('development');
    expect(EnvironmentProfile.of(new Construct(far, 'Inside')).name).toBe('staging');
    expect(EnvironmentProfile.of(new Stack(app, 'Elsewhere')).name).toBe('production');
  });

  test('reaches what constructs make', () => {
    const policyIn = (profile: EnvironmentProfile) => {
      const stack = testStack();
      profile.applyTo(stack);
      new SecureBucket(stack, 'Logs', { purpose: BucketPurpose.logs() });
      return Object.values(templateOf(stack).findResources('AWS::S3::Bucket'))[0].DeletionPolicy;
    };
    expect([EnvironmentProfile.production(), EnvironmentProfile.development()].map(policyIn)).toEqual(['RetainExceptOnCreate', 'Delete']);
  });
});

describe('applying too late', () => {
  test('is refused on a scope in which something has asked', () => {
    const stack = testStack();
    EnvironmentProfile.of(new Construct(stack, 'Early'));
    expect(refusal(() => EnvironmentProfile.staging().applyTo(stack))).toBe(
      "Stack 'Test': EnvironmentProfile.applyTo is \"staging\", expected a scope in which nothing has asked for a profile yet ('Test/Early' has). Apply the profile before creating constructs in this scope");
  });

  test('is refused on the scopes above too, because the answer would have come from there', () => {
    const app = testApp();
    EnvironmentProfile.of(new Construct(testStack({ app }), 'Early'));
    expect(refusal(() => EnvironmentProfile.staging().applyTo(app))).toContain("('Test/Early' has)");
  });

  test('is possible above a scope that had its own answer', () => {
    const app = testApp();
    const stack = testStack({ app });
    EnvironmentProfile.development().applyTo(stack);
    EnvironmentProfile.of(new Construct(stack, 'Early'));
    expect(() => EnvironmentProfile.staging().applyTo(app)).not.toThrow();
  });

  test('is possible beside a scope in which something has asked', () => {
    const app = testApp();
    EnvironmentProfile.of(new Construct(testStack({ app, id: 'One' }), 'Early'));
    const other = testStack({ app, id: 'Two' });
    EnvironmentProfile.staging().applyTo(other);
    expect(EnvironmentProfile.of(other).name).toBe('staging');
  });
});

describe('adjusting', () => {
  test('changes what is named and nothing else', () => {
    const adjusted = EnvironmentProfile.staging().adjust({ name: 'qa', minTasks: 3, backupRetention: Duration.days(3) });
    expect(differences(EnvironmentProfile.staging(), adjusted)).toEqual(['name', 'minTasks', 'backupRetention']);
    expect([adjusted.name, adjusted.minTasks, adjusted.backupRetention.toDays()]).toEqual(['qa', 3, 3]);
  });

  test('leaves the profile as it was', () => {
    const profile = EnvironmentProfile.production();
    profile.adjust({ minTasks: 9 });
    expect(profile.minTasks).toBe(2);
  });

  test('takes undefined, as other languages pass it, for not said', () => {
    const production = EnvironmentProfile.production();
    expect(differences(production, production.adjust({ name: undefined, minTasks: undefined }))).toEqual([]);
  });

  test('turns RETAIN into RetainExceptOnCreate, so that a failed first deployment can be repeated', () => {
    const adjusted = EnvironmentProfile.development().adjust({ removalPolicy: RemovalPolicy.RETAIN });
    expect(adjusted.removalPolicy).toBe(RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE);
  });

  test('keeps any other removal policy', () => {
    expect(EnvironmentProfile.production().adjust({ removalPolicy: RemovalPolicy.SNAPSHOT }).removalPolicy).toBe(RemovalPolicy.SNAPSHOT);
  });
});
