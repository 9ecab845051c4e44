import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { Key } from 'aws-cdk-lib/aws-kms';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { EnvironmentProfile, type EnvironmentProfileAdjustments, GoldenSignalAlarms, ImageRepository, LogKeys, ProductionWebService, ServiceImage } from '../../../src';
import { KEPT_NAME } from '../procedures';
import type { Subject } from '../row';
import { changesOf, choicesOf, type Row } from '../rows';

interface ProfileProps { readonly profile?: EnvironmentProfile }

/** App with a service, a database and alarms. */
const APP: Subject<ProfileProps> = {
  name: 'EnvironmentProfile',
  make: (site, id, { profile }) => {
    profile?.applyTo(site.scope);
    new ImageRepository(site.scope, `${id}Images`);
    const web = site.part('Shop', (scope, name) => new ProductionWebService(scope, name, {
      network: site.network, loadBalancer: site.loadBalancer, image: ServiceImage.fromRepository(site.images, { tag: '1.4.2' }), backingServices: [site.database],
    }));
    new GoldenSignalAlarms(site.scope, id, { services: [web], databases: [site.database], alertRouting: site.alertRouting });
  },
};

const PROTECTION = 'From then on a removal deletes what was protected: take a snapshot or a copy first.';

export const ENVIRONMENT_ROWS: readonly Row[] = [
  ...changesOf<EnvironmentProfileAdjustments, ProfileProps>({
    subject: APP,
    struct: 'EnvironmentProfileAdjustments',
    at: 'EnvironmentProfile.adjust',
    within: (adjustments) => ({ profile: EnvironmentProfile.production().adjust(adjustments) }),
    changes: {
      allAlarms: [undefined, false],
      backupRetention: [undefined, Duration.days(14)],
      cacheSize: [undefined, 'm7g.large', { note: 'It has an effect on caches of nodes, which change their type online.' }],
      databaseMinAcu: [undefined, 4, { note: 'It has an effect on serverless databases, which scale without a restart.' }],
      databaseSize: [undefined, 'm7g.large'],
      deletionProtection: [undefined, false, { note: PROTECTION }],
      immutableImageTags: [undefined, false],
      logKeys: [undefined, () => LogKeys.onePerGroup(), { note: 'What is logged already stays readable by the former keys, which are kept as long as the logs.' }],
      logRetention: [undefined, () => RetentionDays.THREE_MONTHS],
      maxTasks: [undefined, 16],
      minTasks: [undefined, 4],
      multiAz: [undefined, false],
      name: [undefined, 'live', { note: 'Nothing that is deployed contains it.' }],
      queryLogging: [undefined, true],
      removalPolicy: [undefined, () => RemovalPolicy.DESTROY, { note: PROTECTION, procedure: KEPT_NAME }],
      requireAlertChannels: [undefined, false, { note: 'It has an effect where a severity has no channel.' }],
      taskCpu: [undefined, 1024, { with: { taskMemoryMiB: 4096 } }],
      taskMemoryMiB: [undefined, 2048],
    },
  }),
  ...choicesOf<LogKeys, ProfileProps>({
    subject: APP,
    class: 'LogKeys',
    prop: 'EnvironmentProfile.adjust.logKeys',
    within: (logKeys) => ({ profile: EnvironmentProfile.production().adjust({ logKeys }) }),
    values: {
      'onePerStack': () => LogKeys.onePerStack(),
      'onePerGroup': () => LogKeys.onePerGroup(),
      'of(key)': (site) => LogKeys.of(site.part('LogKey', (scope, id) => new Key(scope, id, { enableKeyRotation: true, removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE }))),
    },
  }),
  ...choicesOf<EnvironmentProfile, ProfileProps>({
    subject: APP,
    class: 'EnvironmentProfile',
    prop: 'profile',
    each: true,
    within: (profile) => ({ profile }),
    values: { development: () => EnvironmentProfile.development(), staging: () => EnvironmentProfile.staging(), production: () => EnvironmentProfile.production() },
  }),
];
