import { list, type Properties } from '../template';
import type { Rules } from './rule';

/** Attribute `Name` of a resource whose id is an ARN, as the engine writes it: the ARN, then the attribute. */
const NAME_OF_ARN = /arn:(?:(?!arn:)[^"])*[:/]([\w-]+)#Name/g;

/** Size as IAM counts it: characters without white space. */
function size(document: unknown): number {
  return JSON.stringify(document ?? '').replace(/\s/g, '').replace(NAME_OF_ARN, '$1').length;
}

function limited(text: string, found: number, most: number): string | undefined {
  return found > most ? `${text}: ${found}, at most ${most}` : undefined;
}

/** Sizes of policies and documents, with their names resolved. */
export const SIZES: Rules = {
  refusals: [
    {
      id: 'size-of-a-managed-policy',
      source: 'IAM User Guide, "IAM and AWS STS quotas": managed policy size, white space not counted',
      types: ['AWS::IAM::ManagedPolicy'],
      refuses: ({ resource: { properties } }) =>
        limited('characters of a managed policy', size(properties.PolicyDocument), 6_144),
    },
    {
      id: 'size-of-inline-policies',
      source: 'IAM User Guide, "IAM and AWS STS quotas": role inline policy size, in total',
      types: ['AWS::IAM::Role'],
      refuses: ({ resource: { properties } }) =>
        limited(
          'characters of inline policies',
          list(properties.Policies as Properties[]).reduce((sum, { PolicyDocument }) => sum + size(PolicyDocument), 0),
          10_240,
        ),
    },
    {
      id: 'size-of-a-trust-policy',
      source: 'IAM User Guide, "IAM and AWS STS quotas": role trust policy length',
      types: ['AWS::IAM::Role'],
      refuses: ({ resource: { properties } }) =>
        limited('characters of a trust policy', size(properties.AssumeRolePolicyDocument), 2_048),
    },
    {
      id: 'policies-of-a-role',
      source: 'IAM User Guide, "IAM and AWS STS quotas": managed policies attached to a role',
      types: ['AWS::IAM::ManagedPolicy'],
      refuses: ({ resource }, existing) => {
        const attached = (role: string) =>
          existing
            .of('AWS::IAM::ManagedPolicy')
            .filter(({ properties }) => list(properties.Roles as string[]).includes(role)).length +
          list(existing.named(role, 'AWS::IAM::Role')?.properties.ManagedPolicyArns as string[]).length +
          1;
        return list(resource.properties.Roles as string[])
          .map((role) => limited(`managed policies of ${role}`, attached(role), 10))
          .find((fault) => fault);
      },
    },
    {
      id: 'size-of-a-bucket-policy',
      source: 'Amazon S3 User Guide, "Policies and permissions in Amazon S3": 20 KB',
      types: ['AWS::S3::BucketPolicy'],
      refuses: ({ resource: { properties } }) =>
        limited('bytes of a bucket policy', JSON.stringify(properties.PolicyDocument ?? '').length, 20_480),
    },
    {
      id: 'size-of-a-key-policy',
      source: 'AWS KMS Developer Guide, "Resource quotas": key policy document size',
      types: ['AWS::KMS::Key'],
      refuses: ({ resource: { properties } }) =>
        limited('bytes of a key policy', JSON.stringify(properties.KeyPolicy ?? '').length, 32_768),
    },
    {
      id: 'size-of-lambda-variables',
      source: 'AWS Lambda Developer Guide, "Lambda quotas": environment variables, 4 KB in total',
      types: ['AWS::Lambda::Function'],
      refuses: ({ resource: { properties } }) =>
        limited(
          'bytes of environment variables',
          JSON.stringify(properties.Environment?.Variables ?? '').length,
          4_096,
        ),
    },
    {
      id: 'name-of-a-state',
      source: 'AWS Step Functions Developer Guide, "Quotas": state names of at most 80 characters',
      types: ['AWS::StepFunctions::StateMachine'],
      refuses: ({ resource: { properties } }) => {
        const long = longStateName(String(properties.DefinitionString));
        return long && `state name ${long} has ${long.length} characters, at most 80`;
      },
    },
    {
      id: 'size-of-a-parameter',
      source: 'AWS Systems Manager User Guide, "Managing parameter tiers": 4 KB for a standard parameter',
      types: ['AWS::SSM::Parameter'],
      refuses: ({
        resource: {
          properties: { Value, Tier },
        },
      }) => limited('bytes of a parameter', String(Value).length, Tier === 'Advanced' ? 8_192 : 4_096),
    },
  ],
};

/** Definitions are long, and judged in each deployment that is repeated. */
const LONG_NAMES = new Map<string, string | undefined>();

function longStateName(definition: string): string | undefined {
  if (!LONG_NAMES.has(definition)) {
    LONG_NAMES.set(definition, stateNames(parsed(definition)).find((name) => name.length > 80));
  }
  return LONG_NAMES.get(definition);
}

function parsed(definition: string): unknown {
  try {
    return JSON.parse(definition) as unknown;
  } catch {
    return undefined;
  }
}

/** Names of all states of a definition, those of branches and maps included. */
function stateNames(definition: unknown): string[] {
  if (definition === null || typeof definition !== 'object') {
    return [];
  }
  const { States } = definition as { States?: object };
  return [...Object.keys(States ?? {}), ...Object.values(definition).flatMap(stateNames)];
}
