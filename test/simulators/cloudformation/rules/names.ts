import { PHYSICAL_NAMES } from '../physical-names';
import type { Rules } from './rule';

/** Names that are unique in an account and region, across stacks and what they left behind. */
export const NAMES: Rules = {
  unique: [
    ...PHYSICAL_NAMES.map(({ type, property, source, ignoresCase }) => ({
      id: `unique-name-of-${type}`,
      source,
      types: [type],
      retained: false,
      what: `${property} of ${type}`,
      key: ({ properties }: { properties: { readonly [name: string]: unknown } }) => {
        const name = properties[property] as string | undefined;
        return ignoresCase ? name?.toLowerCase() : name;
      },
    })),
    {
      id: 'retained-name',
      source: 'CloudFormation User Guide, "DeletionPolicy attribute": Retain; "Import AWS resources into a stack automatically"',
      retained: true,
      types: PHYSICAL_NAMES.map(({ type }) => type),
      what: 'name',
      key: ({ type, properties }) => {
        const { property, ignoresCase } = PHYSICAL_NAMES.find((named) => named.type === type)!;
        const name = properties[property] as string | undefined;
        return name === undefined ? undefined : `${type} ${ignoresCase ? name.toLowerCase() : name}`;
      },
    },
    {
      id: 'unique-service-in-cluster',
      source: 'API reference of Amazon ECS, "CreateService": serviceName',
      types: ['AWS::ECS::Service'],
      what: 'service name',
      key: ({ properties: { Cluster, ServiceName } }) => ServiceName && `${ServiceName} in ${Cluster ?? 'default'}`,
    },
    {
      id: 'unique-group-name-in-vpc',
      source: 'API reference of Amazon EC2, "CreateSecurityGroup": GroupName',
      types: ['AWS::EC2::SecurityGroup'],
      what: 'group name',
      key: ({ properties: { GroupName, VpcId } }) => GroupName && `${GroupName} in ${VpcId ?? 'the default VPC'}`,
    },
    {
      id: 'unique-record-in-zone',
      source: 'API reference of Amazon Route 53, "ChangeResourceRecordSets": CREATE; "ResourceRecordSet": SetIdentifier',
      types: ['AWS::Route53::RecordSet'],
      what: 'record',
      key: ({ properties: { Name, Type, HostedZoneId, HostedZoneName, SetIdentifier } }) => {
        const name = String(Name).toLowerCase().replace(/\.$/, '');
        return `${Type} ${name} ${SetIdentifier ?? ''} in ${HostedZoneId ?? HostedZoneName}`;
      },
    },
  ],
};
