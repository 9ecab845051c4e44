import { Stack, Token, Tokenization } from 'aws-cdk-lib';
import type { CfnDBCluster, CfnDBInstance } from 'aws-cdk-lib/aws-rds';

/** Resource whose properties a command repeats. */
type Server = CfnDBCluster | CfnDBInstance;

/** Variables of a script by properties whose names are of one region, for a restore in another one. */
const REGIONAL: { readonly [property: string]: string } = {
  dbSubnetGroupName: 'SUBNET_GROUP',
  vpcSecurityGroups: 'SECURITY_GROUP',
  vpcSecurityGroupIds: 'SECURITY_GROUP',
  dbParameterGroupName: 'PARAMETER_GROUP',
  dbClusterParameterGroupName: 'PARAMETER_GROUP',
  optionGroupName: 'OPTION_GROUP',
  kmsKeyId: 'KEY',
  performanceInsightsKmsKeyId: 'KEY',
};

/** Properties that the command line calls otherwise than CloudFormation. */
const RENAMED: { readonly [property: string]: string } = {
  performanceInsightsEnabled: 'enable-performance-insights',
  vpcSecurityGroups: 'vpc-security-group-ids',
};

/**
 * Options of the AWS command line that repeat properties of a server.
 *
 * A property that the server does not have has no option.
 *
 * CDK's names of properties are those of the API in camel case, and the command line derives its options from the API.
 */
export function optionsOf<T extends Server>(server: T, properties: ReadonlyArray<keyof T & string>): string[] {
  return properties.flatMap((property) => option(property, knownValue(server, server[property])));
}

/** Tags of a server, as the restored one needs them for the permissions and the bill. */
export function tagOption(server: Server): string[] {
  const tags = (server.tags.renderTags() ?? []) as Array<{ key: string; value: string }>;
  const json = JSON.stringify(tags.map(({ key, value }) => ({ Key: key, Value: value })));
  return tags.length === 0 ? [] : [`--tags '${json.replace(/'/g, "'\\''")}'`];
}

/** Value behind a lazy one, where it is no reference. */
function knownValue(server: Server, value: unknown): unknown {
  if (!Tokenization.isResolvable(value)) {
    return value;
  }
  const resolved: unknown = Stack.of(server).resolve(value);
  return /^\{"(Ref|Fn::\w+)":/.test(JSON.stringify(resolved)) ? value : resolved;
}

/** Password of the master user: managed by RDS, or that of the secret in the script's variable. */
export function passwordOption({ manageMasterUserPassword, masterUserSecret }: Server): string[] {
  const { kmsKeyId } = (masterUserSecret ?? {}) as CfnDBInstance.MasterUserSecretProperty;
  return manageMasterUserPassword
    ? ['--manage-master-user-password', ...(kmsKeyId ? [`--master-user-secret-kms-key-id "\${KEY:-${kmsKeyId}}"`] : [])]
    : ['--master-user-password "$password"'];
}

function option(property: string, value: unknown): string[] {
  const name = RENAMED[property] ?? property.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  if (value === undefined) {
    return [];
  }
  if (typeof value === 'boolean') {
    return [`--${value ? '' : 'no-'}${name}`];
  }
  const variable = REGIONAL[property];
  return [`--${name} ${variable ? `"\${${variable}:-${text(value)}}"` : text(value)}`];
}

function text(value: unknown): string {
  if (Array.isArray(value)) {
    return value.map(text).join(' ');
  }
  if (value !== null && typeof value === 'object' && !Token.isUnresolved(value)) {
    return Object.entries(value)
      .filter(([, part]) => part !== undefined)
      .map(([key, part]) => `${key[0].toUpperCase()}${key.slice(1)}=${String(part)}`)
      .join(',');
  }
  return Token.asString(value);
}
