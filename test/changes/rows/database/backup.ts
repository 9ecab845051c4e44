import { Duration } from 'aws-cdk-lib';
import {
  BackupPolicy, type BackupPolicyProps, EnvironmentProfile, HardenedPostgres, type HardenedPostgresProps,
  RecoveryRegion, type RecoveryRegionProps, SecureVpc, type VaultLock,
} from '../../../../src';
import { ENV } from '../../../fixtures/test-stack';
import { changesAround } from '../../general';
import type { Subject } from '../../row';
import { changesOf, type Row } from '../../rows';
import type { Site } from '../../site';
import { LOCK, VAULT } from './procedures';
import { INSTANCE } from './subjects';

const RECOVERY: Subject<RecoveryRegionProps> = {
  name: 'RecoveryRegion',
  make: (site, id, props) => {
    const stackName = `${id}${site.surroundings.suffix ?? ''}`;
    const recoveryRegion = new RecoveryRegion(site.stacks, id, {
      region: 'eu-west-1', account: ENV.account, stackName, ...props,
    });
    new HardenedPostgres(site.scope, `${id}Database`, {
      network: site.network, backup: BackupPolicy.daily({ recoveryRegion }),
    });
  },
  without: (site) => new HardenedPostgres(site.scope, 'SubjectDatabase', { network: site.network }),
};

/** Props of a policy that copies to another region. */
const copying = (site: Site): BackupPolicyProps => ({ recoveryRegion: recoveryOf(site) });

export const BACKUP_ROWS: readonly Row[] = [
  ...changesOf<BackupPolicyProps, HardenedPostgresProps>({
    subject: INSTANCE,
    struct: 'BackupPolicyProps',
    at: 'BackupPolicy.daily',
    within: (props) => ({ backup: BackupPolicy.daily(props) }),
    changes: {
      window: [undefined, '01:00-02:00'],
      retention: [undefined, Duration.days(14)],
      snapshotRetention: [undefined, Duration.days(60)],
      vaultName: [undefined, 'shop-backups-2', { procedure: VAULT }],
      recoveryRegion: [undefined, (site: Site) => recoveryOf(site)],
      replicateAutomatedBackups: [undefined, true, { with: copying }],
      replicationRetention: [
        undefined, Duration.days(14), { with: (site) => ({ ...copying(site), replicateAutomatedBackups: true }) },
      ],
      copyRetention: [undefined, Duration.days(60), { with: copying }],
      vaultLock: [undefined, { minRetention: Duration.days(7) }, { note: LOCK }],
    },
  }),
  ...changesOf<VaultLock, HardenedPostgresProps>({
    subject: INSTANCE,
    struct: 'VaultLock',
    at: 'BackupPolicy.daily.vaultLock',
    required: { minRetention: Duration.days(7) },
    within: (vaultLock) => ({ backup: BackupPolicy.daily({ vaultLock }) }),
    changes: {
      minRetention: [Duration.days(7), Duration.days(14), { note: LOCK }],
      immutableAfter: [undefined, Duration.days(7), { procedure: LOCK }],
    },
  }),
];

export const RECOVERY_ROWS: readonly Row[] = [
  ...changesOf<RecoveryRegionProps>({
    subject: RECOVERY,
    struct: 'RecoveryRegionProps',
    changes: {
      region: [
        undefined, 'eu-west-3',
        { note: 'Copies stay in the former region until they expire. Keep its stack until then.' },
      ],
      account: { exempt: 'copies in another account are another stack; the former ones stay until they expire' },
      network: [undefined, (site: Site) => networkThere(site)],
      vaultLock: [undefined, { minRetention: Duration.days(7) }, { note: LOCK }],
      vaultName: [undefined, 'shop-copies-2', { procedure: VAULT }],
      stackName: {
        exempt: 'another stack name is another stack: deploy it beside the former one, which keeps its copies',
      },
      profile: [
        undefined, () => EnvironmentProfile.development(), { note: 'It has an effect when the stack is removed.' },
      ],
    },
  }),
  ...changesAround(RECOVERY),
];

/** Network in the recovery region. */
function networkThere(site: Site): SecureVpc {
  const stack = site.otherStack('There', { env: { ...ENV, region: 'eu-west-1' } });
  return site.part('NetworkThere', () => new SecureVpc(stack, 'Network'));
}

function recoveryOf(site: Site): RecoveryRegion {
  return site.part('Recovery', (_, id) =>
    new RecoveryRegion(site.stacks, id, { region: 'eu-west-1', account: ENV.account }));
}
