import { Duration, RemovalPolicy, Stack, Stage } from 'aws-cdk-lib';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { BucketPurpose, EnvironmentProfile, SecureBucket } from '../../src';
import { refusal, templateOf, testApp, testStack } from '../fixtures/test-stack';

/** Every member of a profile by its name, without the private copy that `adjust` starts from. */
function membersOf(profile: EnvironmentProfile): { [name: string]: unknown } {
  const { values: _copy, ...members } = profile as unknown as { [name: string]: unknown };
  return members;
}

/** Names of the values in which two profiles differ. */
function differences(a: EnvironmentProfile, b: EnvironmentProfile): string[] {
  const [left, right] = [membersOf(a), membersOf(b)];
  return Object.keys({ ...left, ...right }).filter((name) => JSON.stringify(left[name]) !== JSON.stringify(right[name]));
}

describe('A profile', () => {
  test('for production retains and protects data and uses several zones (A-03, A-05, A-15, A-31, A-32, A-33)', () => {
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
      databaseSize: 't4g.medium',
      databaseMinAcu: 2,
      cacheSize: 't4g.small',
      queryLogging: false,
      immutableImageTags: true,
      requireAlertChannels: true,
      allAlarms: true,
    });
    expect(EnvironmentProfile.production().backupRetention.toDays()).toBe(7);
  });

  test('for staging differs from production in size, query logging and alert channels only (A-22, A-31, C-23)', () => {
    expect(differences(EnvironmentProfile.production(), EnvironmentProfile.staging())).toEqual([
      'name', 'maxTasks', 'taskCpu', 'taskMemoryMiB', 'databaseSize', 'databaseMinAcu', 'cacheSize', 'queryLogging', 'requireAlertChannels',
    ]);
  });

  test('has a member for each value that can be adjusted', () => {
    const profile = EnvironmentProfile.production();
    const { values } = profile as unknown as { values: { [name: string]: unknown } };

    expect(membersOf(profile)).toEqual(values);
  });

  test('for development is small, in one zone, has alarms on outages alone, and retains nothing (E-05, E-09, E-11)', () => {
    expect(EnvironmentProfile.development()).toMatchObject({
      removalPolicy: RemovalPolicy.DESTROY,
      deletionProtection: false,
      multiAz: false,
      minTasks: 1,
      maxTasks: 2,
      logRetention: RetentionDays.ONE_WEEK,
      databaseSize: 't4g.micro',
      databaseMinAcu: 0.5,
      cacheSize: 't4g.micro',
      queryLogging: true,
      immutableImageTags: false,
      allAlarms: false,
    });
    expect(EnvironmentProfile.development().backupRetention.toDays()).toBe(1);
  });
});

describe('The profile of a construct', () => {
  test('is production where none is applied', () => {
    expect(EnvironmentProfile.of(testStack()).name).toBe('production');
  });

  test('is that of the nearest scope', () => {
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

  test('determines the resources of the construct', () => {
    const policyIn = (profile: EnvironmentProfile) => {
      const stack = testStack();
      profile.applyTo(stack);
      new SecureBucket(stack, 'Logs', { purpose: BucketPurpose.logs() });
      return Object.values(templateOf(stack).findResources('AWS::S3::Bucket'))[0].DeletionPolicy;
    };
    expect([EnvironmentProfile.production(), EnvironmentProfile.development()].map(policyIn)).toEqual(['RetainExceptOnCreate', 'Delete']);
  });
});

describe('Applying a profile', () => {
  test('is refused on a scope in which a construct has read a profile', () => {
    const stack = testStack();
    EnvironmentProfile.of(new Construct(stack, 'Early'));
    expect(refusal(() => EnvironmentProfile.staging().applyTo(stack))).toBe(
      "Stack 'Test': EnvironmentProfile.applyTo() comes too late: 'Test/Early' has already read a profile. Apply it before creating constructs in this scope.");
  });

  test('is refused on the scopes above too, because the profile would have come from there', () => {
    const app = testApp();
    EnvironmentProfile.of(new Construct(testStack({ app }), 'Early'));
    expect(refusal(() => EnvironmentProfile.staging().applyTo(app))).toContain("'Test/Early' has already read a profile");
  });

  test('is possible above a scope that has its own profile', () => {
    const app = testApp();
    const stack = testStack({ app });
    EnvironmentProfile.development().applyTo(stack);
    EnvironmentProfile.of(new Construct(stack, 'Early'));
    expect(() => EnvironmentProfile.staging().applyTo(app)).not.toThrow();
  });

  test('is possible next to a scope in which a construct has read a profile', () => {
    const app = testApp();
    EnvironmentProfile.of(new Construct(testStack({ app, id: 'One' }), 'Early'));
    const other = testStack({ app, id: 'Two' });
    EnvironmentProfile.staging().applyTo(other);
    expect(EnvironmentProfile.of(other).name).toBe('staging');
  });
});

describe('Adjusting a profile', () => {
  test('changes the given values and no others', () => {
    const adjusted = EnvironmentProfile.staging().adjust({ name: 'qa', minTasks: 3, backupRetention: Duration.days(3) });
    expect(differences(EnvironmentProfile.staging(), adjusted)).toEqual(['name', 'minTasks', 'backupRetention']);
    expect([adjusted.name, adjusted.minTasks, adjusted.backupRetention.toDays()]).toEqual(['qa', 3, 3]);
  });

  test('does not change the profile itself', () => {
    const profile = EnvironmentProfile.production();
    profile.adjust({ minTasks: 9 });
    expect(profile.minTasks).toBe(2);
  });

  test('treats undefined, as other languages pass it, as not given', () => {
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
