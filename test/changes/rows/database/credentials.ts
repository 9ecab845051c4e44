import { Duration } from 'aws-cdk-lib';
import {
  CredentialRotation, type CredentialRotationProps, type HardenedPostgresProps, type ManagedSecretProps,
} from '../../../../src';
import { changesOf, choicesOf, type Row } from '../../rows';
import { CREDENTIALS, REASON } from './procedures';
import { alone, INSTANCE, served } from './subjects';

export const CREDENTIAL_ROWS: readonly Row[] = [
  ...alone(choicesOf<CredentialRotation, HardenedPostgresProps>({
    subject: served(INSTANCE),
    class: 'CredentialRotation',
    prop: 'credentials',
    each: true,
    within: (credentials) => ({ credentials }),
    remarks: {
      'alternatingUsers → iamAuthentication': { procedure: CREDENTIALS },
      'iamAuthentication → managedSecret': { note: 'The clients change: tasks sign in as another user.' },
      '*': { procedure: 'Clients read another secret: deploy database and services together, at a quiet hour.' },
    },
    values: {
      alternatingUsers: () => CredentialRotation.alternatingUsers(),
      iamAuthentication: () => CredentialRotation.iamAuthentication(),
      managedSecret: () => CredentialRotation.managedSecret({ waiver: { reason: REASON } }),
    },
  })),
  ...changesOf<CredentialRotationProps, HardenedPostgresProps>({
    subject: INSTANCE,
    struct: 'CredentialRotationProps',
    at: 'CredentialRotation.alternatingUsers',
    within: (props) => ({ credentials: CredentialRotation.alternatingUsers(props) }),
    changes: { automaticallyAfter: [undefined, Duration.days(60)] },
  }),
  ...changesOf<ManagedSecretProps, HardenedPostgresProps>({
    subject: INSTANCE,
    struct: 'ManagedSecretProps',
    at: 'CredentialRotation.managedSecret',
    required: { waiver: { reason: REASON } },
    within: (props) => ({ credentials: CredentialRotation.managedSecret(props) }),
    changes: {
      automaticallyAfter: [undefined, Duration.days(60)],
      waiver: [{ reason: REASON }, { reason: `${REASON} and longer` }, { note: 'A reason is for readers.' }],
    },
  }),
];
