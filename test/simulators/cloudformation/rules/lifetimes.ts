import type { Properties } from '../template';
import { list } from '../template';
import type { Rules } from './rule';

const BUCKET = 'AWS::S3::Bucket';
const REPOSITORY = 'AWS::ECR::Repository';
const VAULT = 'AWS::Backup::BackupVault';

/** How long something is kept, by what it is about: days or a number. Absent is for ever. */
type Lifetimes = ReadonlyMap<string, number>;

/** Rules that delete what is old, and locks that keep it. */
export const LIFETIMES: Rules = {
  refusals: [
    {
      id: 'immutable-lock-of-a-vault',
      source: 'AWS Backup Developer Guide, "AWS Backup Vault Lock": compliance mode, after the grace time',
      types: [VAULT],
      refuses: ({ resource, before }) =>
        before?.properties.LockConfiguration?.ChangeableForDays !== undefined &&
        JSON.stringify(before.properties.LockConfiguration) !== JSON.stringify(resource.properties.LockConfiguration)
          ? 'the lock is immutable from its date on'
          : undefined,
    },
  ],
  effects: [
    {
      id: 'lifetime-shortened',
      source:
        'Amazon ECR User Guide, "Lifecycle policies", and Amazon S3 User Guide, "Managing the lifecycle of objects": ' +
        'rules apply to what is there already',
      on: ['update'],
      types: [BUCKET, REPOSITORY],
      properties: ['LifecycleConfiguration', 'LifecyclePolicy'],
      effect: ({ type, before, after }) => {
        const [was, is] = [before!, after!].map(({ properties }) => lifetimesOf(type, properties));
        return [...is].some(([what, kept]) => kept < (was.get(what) ?? Infinity))
          ? { verdict: 'data at risk', says: `what is older than the new lifetime is deleted from ${after!.logicalId}` }
          : undefined;
      },
    },
  ],
};

function lifetimesOf(type: string, properties: Properties): Lifetimes {
  return new Map(type === BUCKET ? ofObjects(properties) : ofImages(properties));
}

function ofObjects({ LifecycleConfiguration }: Properties): Array<[string, number]> {
  return list(LifecycleConfiguration?.Rules as Properties[])
    .filter(({ Status }) => Status === 'Enabled')
    .flatMap((rule): Array<[string, number]> => {
      const about = JSON.stringify([rule.Prefix, rule.TagFilters]);
      const former = rule.NoncurrentVersionExpiration?.NoncurrentDays ?? rule.NoncurrentVersionExpirationInDays;
      return [
        [`${about} current`, Number(rule.ExpirationInDays ?? Infinity)],
        [`${about} former`, Number(former ?? Infinity)],
      ];
    });
}

/** One rule of a lifecycle policy of images. */
interface ImageRule {
  readonly selection: {
    readonly tagStatus: string;
    readonly tagPatternList?: string[];
    readonly tagPrefixList?: string[];
    readonly countType: string;
    readonly countNumber: number;
  };
}

/** Images whose tag a rule names are only kept by it: a later rule for all others deletes. */
function ofImages({ LifecyclePolicy }: Properties): Array<[string, number]> {
  const { rules = [] } = JSON.parse(String(LifecyclePolicy?.LifecyclePolicyText ?? '{}')) as { rules?: ImageRule[] };
  return rules
    .filter(({ selection }) => selection.tagStatus !== 'tagged' || selection.countNumber > 1)
    .map(({ selection: { countNumber, ...about } }) => [JSON.stringify(about), countNumber]);
}
