/*
 * npm run bench:services [-- rounds]: one service with its load balancer in a network that exists, by this library, by aws-ecs-patterns
 * hardened by hand, and by @cdklabs/cdk-ecs-codedeploy. Prints Markdown.
 */
import * as fs from 'fs';
import * as path from 'path';
import { Validations } from 'aws-cdk-lib';
import { CloudAssembly } from 'aws-cdk-lib/cx-api';
import { synthesize } from '../scripts/demo/synthesize';
import { comparison, conditions, milliseconds } from './markdown';
import { coldSynth, interleaved, warmSynth } from './measure';

const SERVICES = [
  { name: '@org/prod-constructs', folder: path.join(__dirname, 'services', 'secure') },
  { name: 'aws-ecs-patterns, hardened by hand', folder: path.join(__dirname, 'services', 'by-hand') },
  { name: '@cdklabs/cdk-ecs-codedeploy', folder: path.join(__dirname, 'services', 'code-deploy') },
];
const ROUNDS = Number(process.argv[2] ?? 15);
const ROWS = [
  'Resources', 'of these firewall, log groups, log bucket, keys', 'of these all others', 'Template bytes', 'Lambda functions', 'Custom resources, each behind a function',
  'Unacknowledged findings, AwsSolutions', 'Unacknowledged findings, four cdk-nag packs', 'Unacknowledged findings, packs and CDK', 'Acknowledgements, each of a rule on a construct',
  'Cold synthesis, ms', 'Warm synthesis, ms',
];
/** What not every service brings, by type. */
const PROTECTION = /^AWS::(WAFv2|Logs|S3|KMS)::/;
const CUSTOM = /^(Custom::|AWS::CloudFormation::CustomResource$)/;
const PACK = /^(AwsSolutions|NIST\.800\.53\.R5|HIPAA\.Security|PCI\.DSS\.321)-/;

/** What a service comes to, besides the times: figures that depend on versions alone. */
function counts(folder: string): string[] {
  const { assembly, findings, failure } = synthesize(folder);
  if (failure !== undefined) {
    throw new Error(failure);
  }
  const [stack] = new CloudAssembly(assembly).stacks;
  const types = Object.values((stack.template as { Resources: { [id: string]: { Type: string } } }).Resources).map(({ Type }) => Type);
  const ofType = (pattern: RegExp) => types.filter((type) => pattern.test(type)).length;
  return [
    `${types.length}`,
    `${ofType(PROTECTION)}`,
    `${types.length - ofType(PROTECTION)}`,
    fs.statSync(stack.templateFullPath).size.toLocaleString('en'),
    `${ofType(/^AWS::Lambda::Function$/)}`,
    `${ofType(CUSTOM)}`,
    ...[/^AwsSolutions-/, PACK, /./].map((rules) => `${findings.filter(({ rule }) => rules.test(rule)).length}`),
    `${stack.findMetadataByType(Validations.ACKNOWLEDGED_RULES_METADATA_KEY).flatMap(({ data }) => Object.keys(data as unknown as object)).length}`,
  ];
}

const cold = interleaved(SERVICES.map(({ name, folder }) => ({ name, run: () => coldSynth(folder) })), ROUNDS);
const warm = interleaved(SERVICES.map(({ name, folder }) => ({ name, run: () => warmSynth(folder) })), ROUNDS);
const columns = SERVICES.map(({ name, folder }): [string, string[]] => [name, [...counts(folder), milliseconds(cold.get(name)!), milliseconds(warm.get(name)!)]]);
console.log(conditions(ROUNDS));
console.log(comparison('One service', new Map(columns), ROWS));
