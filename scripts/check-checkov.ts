/**
 * Holds every template of the examples against the policies of checkov. A finding fails unless it is acknowledged below; so does an
 * acknowledgement that nothing needs any more. Run `npm run demo` first. The first argument is the program, `checkov` otherwise.
 */
import { spawnSync } from 'child_process';
import * as path from 'path';
import { type Acknowledgement, type Finding, MAX_OUTPUT, report, templatesOfExamples } from './acknowledged-findings';

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
  report('checkov', templates, findingsIn(JSON.parse(stdout) as Report), ACKNOWLEDGED);
}

if (require.main === module) {
  main(process.argv[2] ?? 'checkov');
}
