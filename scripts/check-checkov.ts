/**
 * Holds every template of the examples against the policies of checkov. A finding fails unless it is acknowledged below; so does an
 * acknowledgement that nothing needs any more. Run `npm run demo` first. The first argument is the program, `checkov` otherwise.
 */
import { spawnSync } from 'child_process';
import * as fs from 'fs';
import * as path from 'path';

const EXAMPLES = path.resolve(__dirname, '..', 'examples');
const MAX_OUTPUT = 256 * 1024 * 1024;

/** A finding that stands, and why. */
export interface Acknowledgement {
  readonly rule: string;
  /** Type of the resource; the pattern, if any, narrows it to resources of that name. */
  readonly type: string;
  readonly name?: RegExp;
  readonly reason: string;
}

/** A rule that a resource of an example breaks. */
export interface Finding {
  readonly rule: string;
  readonly description: string;
  readonly template: string;
  readonly type: string;
  readonly resource: string;
}

export const ACKNOWLEDGED: readonly Acknowledgement[] = [
  {
    rule: 'CKV_AWS_18',
    type: 'AWS::S3::Bucket',
    name: /LogsBucket/,
    reason: 'a bucket that holds access logs: logging access to it would have no end',
  },
  {
    rule: 'CKV_AWS_18',
    type: 'AWS::S3::Bucket',
    name: /ArtifactsBucket/,
    reason: "only the pipeline's own roles read and write it, and CloudTrail records what they do",
  },
  {
    rule: 'CKV_AWS_51',
    type: 'AWS::ECR::Repository',
    reason: 'every tag is immutable but those that the app names as moving, `latest` by default (A-12)',
  },
  {
    rule: 'CKV_AWS_111',
    type: 'AWS::IAM::ManagedPolicy',
    name: /HookPolicy|SetupPolicy/,
    reason: "Lambda's own calls for network interfaces take no resource, and a statement denies them to the code",
  },
  {
    rule: 'CKV_AWS_115',
    type: 'AWS::Lambda::Function',
    reason: 'reserved concurrency is taken from the account; what invokes these functions does so seldom, and one at a time',
  },
  {
    rule: 'CKV_AWS_116',
    type: 'AWS::Lambda::Function',
    name: /HookFunction|SetupFunction/,
    reason: 'ECS or CloudFormation waits for the answer of each invocation and hears of a failure itself',
  },
  {
    rule: 'CKV_AWS_117',
    type: 'AWS::Lambda::Function',
    name: /Alerts/,
    reason: 'it calls public services alone, and has to bring the alert that the network has failed',
  },
  {
    rule: 'CKV_AWS_173',
    type: 'AWS::Lambda::Function',
    reason: 'the variables are names, addresses and a plan, and no secret; AWS encrypts them by a key of its own',
  },
  {
    rule: 'CKV_AWS_260',
    type: 'AWS::EC2::SecurityGroup',
    name: /LoadBalancerSecurityGroup/,
    reason: 'the listener on port 80 redirects to HTTPS and does nothing else',
  },
];

/** Findings that nothing acknowledges, and acknowledgements that no finding needs. */
export function review(findings: readonly Finding[], acknowledged: readonly Acknowledgement[]): { readonly open: Finding[]; readonly unused: Acknowledgement[] } {
  return {
    open: findings.filter((finding) => !acknowledged.some((acknowledgement) => covers(acknowledgement, finding))),
    unused: acknowledged.filter((acknowledgement) => !findings.some((finding) => covers(acknowledgement, finding))),
  };
}

/** What this script reads of a report of checkov. */
interface Report {
  readonly results?: { readonly failed_checks: FailedCheck[] };
  readonly summary?: { readonly resource_count: number; readonly parsing_errors: number };
}
interface FailedCheck { readonly check_id: string; readonly check_name: string; readonly file_path: string; readonly resource: string }

/** Findings of a report of checkov. It names a resource by its type and logical id. */
export function findingsIn({ results, summary }: Report): Finding[] {
  if (!results || !summary?.resource_count || summary.parsing_errors > 0) {
    throw new Error(`checkov has not read everything: ${JSON.stringify(summary ?? 'nothing')}`);
  }
  return results.failed_checks.map(({ check_id: rule, check_name: description, file_path: template, resource }) => {
    const [type, name] = resource.split('.');
    return { rule, description, template: path.basename(template), type, resource: name };
  });
}

function covers({ rule, type, name }: Acknowledgement, finding: Finding): boolean {
  return rule === finding.rule && type === finding.type && (name?.test(finding.resource) ?? true);
}

function templatesOfExamples(): string[] {
  return fs.readdirSync(EXAMPLES)
    .map((example) => path.join(EXAMPLES, example, 'cdk.out'))
    .filter((assembly) => fs.existsSync(assembly))
    .flatMap((assembly) => fs.readdirSync(assembly).filter((file) => file.endsWith('.template.json')).map((file) => path.join(assembly, file)));
}

function main(program: string): void {
  const templates = templatesOfExamples();
  if (templates.length === 0) {
    throw new Error('no template: run `npm run demo` first');
  }
  const args = ['--framework', 'cloudformation', '--compact', '--quiet', '--skip-download', '--output', 'json', ...templates.flatMap((template) => ['--file', template])];
  const { stdout, stderr, error } = spawnSync(program, args, { encoding: 'utf8', maxBuffer: MAX_OUTPUT });
  if (error ?? !stdout.trim().startsWith('{')) {
    throw new Error(`checkov has not answered: ${error?.message ?? `${stdout}${stderr}`}`);
  }
  const findings = findingsIn(JSON.parse(stdout) as Report);
  const { open, unused } = review(findings, ACKNOWLEDGED);
  open.forEach(({ template, resource, rule, description }) => console.error(`${template}: ${resource}: ${rule}: ${description}`));
  unused.forEach(({ rule, type }) => console.error(`Nothing needs the acknowledgement of ${rule} on ${type} any more: take it out.`));
  console.log(`${templates.length} templates, ${findings.length} findings of checkov, ${findings.length - open.length} acknowledged, ${open.length} open.`);
  process.exitCode = open.length + unused.length > 0 ? 1 : 0;
}

if (require.main === module) {
  main(process.argv[2] ?? 'checkov');
}
