/**
 * Holds every template of the examples against the Control Tower rules that come with cfn-guard. A finding fails unless it is
 * acknowledged below; so does an acknowledgement that nothing needs any more. Run `npm run demo` first.
 */
import * as fs from 'fs';
import * as os from 'os';
import * as path from 'path';
import { CfnGuardValidator } from '@cdklabs/cdk-validator-cfnguard';
import { App } from 'aws-cdk-lib';
import { type Acknowledgement, EXAMPLES, type Finding, MAX_OUTPUT, report, templatesOfExamples } from './acknowledged-findings';

const ACKNOWLEDGED: Acknowledgement[] = [
  {
    rule: 'CT.CLOUDWATCH.PR.1',
    type: 'AWS::CloudWatch::Alarm',
    name: /^(?!.*CloseWatch).*((SuccessRate|ResponseTime)(Fast|Slow)?|UnhealthyTargets|LoadBalancerErrors)\d?Alarm/,
    reason: 'ECS itself watches this alarm and takes the deployment back; an action would only tell somebody',
  },
  {
    rule: 'CT.CLOUDWATCH.PR.1',
    type: 'AWS::CloudWatch::Alarm',
    name: /Objective\d+(Fast|Slow|Lasting)(Long|Short)|CloseWatch|criticalAlarm|NoTraffic|Silence/,
    reason: 'a part of a composite alarm: one window, one signal after a release, or one symptom of an incident; the composite has the action',
  },
  {
    rule: 'CT.CLOUDWATCH.PR.2',
    type: 'AWS::Logs::LogGroup',
    reason: 'the documented architectures keep application logs 30 days (A-15, C-14) and a week in development (E-11); the environment profile lengthens it',
  },
  {
    rule: 'CT.CODEBUILD.PR.4',
    type: 'AWS::CodeBuild::Project',
    name: /Build\d+|WeeklyScan/,
    reason: 'an image is built and scanned by Docker, whose daemon runs in privileged mode alone',
  },
  {
    rule: 'CT.ECS.PR.7',
    type: 'AWS::ECS::TaskDefinition',
    reason: 'on Fargate the memory of the task is the hard limit, and its one application container may use all of it',
  },
  {
    rule: 'CT.KMS.PR.3',
    type: 'AWS::KMS::Key',
    reason: 'nobody but the account is given kms:CreateGrant, so that its IAM policies decide',
  },
  {
    rule: 'CT.LAMBDA.PR.3',
    type: 'AWS::Lambda::Function',
    name: /Alerts/,
    reason: 'it calls public services alone, and has to bring the alert that the network has failed',
  },
  {
    rule: 'CT.RDS.PR.20',
    type: 'AWS::RDS::DBInstance',
    reason: "the documents fix the engine's own port (A-25, C-13); who may reach it is decided by security groups, and the prop port sets another",
  },
  {
    rule: 'CT.S3.PR.2',
    type: 'AWS::S3::Bucket',
    name: /LogsBucket/,
    reason: 'a bucket that holds access logs: logging access to it would have no end',
  },
  {
    rule: 'CT.S3.PR.4',
    type: 'AWS::S3::Bucket',
    name: /LogsBucket/,
    reason: 'nothing acts upon a single log file',
  },
  {
    rule: 'CT.S3.PR.9',
    type: 'AWS::S3::Bucket',
    name: /LogsBucket/,
    reason: 'access logs are not evidence to be locked; they expire by lifecycle rule (C-11)',
  },
  {
    rule: 'CT.S3.PR.10',
    type: 'AWS::S3::Bucket',
    name: /LogsBucket/,
    reason: 'load balancers can write only to buckets encrypted with keys of S3 itself',
  },
  {
    rule: 'CT.S3.PR.2',
    type: 'AWS::S3::Bucket',
    name: /ArtifactsBucket/,
    reason: "only the pipeline's own roles read and write it, and CloudTrail records what they do",
  },
  {
    rule: 'CT.S3.PR.4',
    type: 'AWS::S3::Bucket',
    name: /ArtifactsBucket/,
    reason: 'CodePipeline itself knows when an artifact is there',
  },
  {
    rule: 'CT.S3.PR.9',
    type: 'AWS::S3::Bucket',
    name: /ArtifactsBucket/,
    reason: 'artifacts are made again from their sources, and expire within weeks',
  },
  {
    rule: 'CT.SQS.PR.1',
    type: 'AWS::SQS::Queue',
    name: /Undelivered/,
    reason: 'it is a dead-letter queue itself, with an alarm on what lies in it',
  },
  {
    rule: 'CT.ECR.PR.3',
    type: 'AWS::ECR::Repository',
    reason: 'every tag is immutable but those that the app names as moving, `latest` by default (A-12)',
  },
];

main();

function main(): void {
  const templates = templatesOfExamples();
  report("Control Tower's rules", templates, templates.flatMap(findingsIn), ACKNOWLEDGED);
}

function findingsIn(template: string): Finding[] {
  const text = fs.readFileSync(template, 'utf8');
  const resources = (JSON.parse(text) as { Resources: { [name: string]: { Type: string } } }).Resources;
  // Only the paths are looked at; the app is there for validators that walk the constructs.
  const templatePaths = [withKnownReferences(template, text)];
  const { violations } = new CfnGuardValidator({ maxBuffer: MAX_OUTPUT }).validate({ templatePaths, appConstruct: new App() });
  return violations.flatMap(({ description, violatingResources }) => {
    // Beside the resources that break a rule, Guard may name the rule itself.
    const names = violatingResources.map(({ resourceLogicalId }) => resourceLogicalId).filter((name) => name in resources);
    return (names.length > 0 ? names : ['the template as a whole']).map((resource) => ({
      template: path.relative(EXAMPLES, template),
      rule: /\[(CT\.[^\]]+)\]/.exec(description)?.[1] ?? description,
      description: description.replace(/^\[[^\]]*\]: /, ''),
      resource,
      type: resources[resource]?.Type ?? 'none',
    }));
  });
}

/** A copy in which values of other stacks are texts, as CloudFormation reads them: the rules do not know `Fn::GetStackOutput`. */
function withKnownReferences(template: string, text: string): string {
  const file = path.join(fs.mkdtempSync(path.join(os.tmpdir(), 'control-tower-')), path.basename(template));
  fs.writeFileSync(file, JSON.stringify(JSON.parse(text, (_, value) => value?.['Fn::GetStackOutput']?.OutputName ?? value)));
  return file;
}
