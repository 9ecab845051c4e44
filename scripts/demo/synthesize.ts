import { spawnSync } from 'child_process';
import * as fs from 'fs';
import * as path from 'path';
import { Validations } from 'aws-cdk-lib';
import { CloudAssembly, type CloudFormationStackArtifact } from 'aws-cdk-lib/cx-api';
import { observabilityCost, type TemplateJson, total } from '../cost/estimate';

/** One thing that a rule found on one construct, and nobody acknowledged. */
export interface Finding {
  readonly rule: string;
  readonly constructPath: string;
  readonly description: string;
}

/** What is acknowledged for one reason in a stack. */
export interface Acknowledgement {
  readonly reason: string;
  /** Names of the rules, without the pack where several share one. */
  readonly rules: string[];
  readonly constructPaths: string[];
}

/** What one stack became. */
export interface SynthesizedStack {
  readonly name: string;
  readonly resources: number;
  readonly templateBytes: number;
  readonly findings: number;
  readonly acknowledgements: Acknowledgement[];
  /** Known monthly cost of alarms, metrics, insights and dashboards, as docs/cost.md counts it. */
  readonly observabilityUsd: number;
}

/** What a run of one app came to. */
export interface Synthesis {
  /** The folder of the cloud assembly; after a failure there may be none in it. */
  readonly assembly: string;
  readonly stacks: SynthesizedStack[];
  readonly findings: Finding[];
  /** What the app said when it failed, for another reason than findings. */
  readonly failure?: string;
  readonly seconds: number;
}

/** Whether an app neither failed nor has anything to answer for. */
export function isGood({ failure, findings }: Synthesis): boolean {
  return failure === undefined && findings.length === 0;
}

/** What of CDK's validation report is read here. */
interface Report {
  readonly pluginReports?: ReadonlyArray<{ readonly violations: readonly Violation[] }>;
}

interface Violation {
  readonly ruleName: string;
  readonly description: string;
  readonly violatingConstructs: ReadonlyArray<{ readonly constructPath: string }>;
}

const PACKS = path.join(__dirname, 'packs.cjs');
const REPORT = 'validation-report.json';
/** Variables that would make the outcome depend on who runs it. */
const OF_THE_CALLER = /^(AWS_|CDK_|NODE_OPTIONS$)/;

/**
 * Runs the app in a folder as its cdk.json says, in a process of its own as CDK's command line does, with CDK's validation and the
 * four cdk-nag packs. Needs no account, no credentials and no network.
 */
export function synthesize(folder: string): Synthesis {
  const { app, context } = readJson(path.join(folder, 'cdk.json')) as { app: string; context: object };
  const assembly = path.join(folder, 'cdk.out');
  fs.rmSync(assembly, { recursive: true, force: true });

  const start = Date.now();
  const run = spawnSync(app, { cwd: folder, shell: true, encoding: 'utf8', env: environment(assembly, context) });
  const seconds = (Date.now() - start) / 1000;

  if (!fs.existsSync(path.join(assembly, REPORT))) {
    return { assembly, stacks: [], findings: [], failure: run.stderr.trim() || `'${app}' ended with ${run.status} and wrote no ${REPORT}`, seconds };
  }
  const findings = readFindings(assembly);
  const stacks = new CloudAssembly(assembly).stacksRecursively.map((stack) => describeStack(stack, findings));
  const failure = run.status !== 0 && findings.length === 0 ? run.stderr.trim() : undefined;
  return { assembly, stacks, findings, failure, seconds };
}

function environment(assembly: string, context: object): NodeJS.ProcessEnv {
  return {
    ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !OF_THE_CALLER.test(name))),
    CDK_OUTDIR: assembly,
    CDK_CONTEXT_JSON: JSON.stringify(context),
    // Under a command line the app writes its report and leaves the reading to it.
    CDK_APP_MODE: 'process',
    NODE_OPTIONS: `--require ${JSON.stringify(PACKS)}`,
  };
}

function readFindings(assembly: string): Finding[] {
  const { pluginReports = [] } = readJson(path.join(assembly, REPORT)) as Report;
  return pluginReports.flatMap(({ violations }) => violations).flatMap(({ ruleName, description, violatingConstructs }) =>
    violatingConstructs.map(({ constructPath }) => ({ rule: ruleName, constructPath, description: description.replace(/ - \(Control IDs?: .*\)/, '') })));
}

function describeStack(stack: CloudFormationStackArtifact, findings: Finding[]): SynthesizedStack {
  const template = stack.template as TemplateJson;
  return {
    name: stack.hierarchicalId,
    resources: Object.keys(template.Resources ?? {}).length,
    templateBytes: fs.statSync(stack.templateFullPath).size,
    findings: findings.filter(({ constructPath }) => constructPath.startsWith(`${stack.hierarchicalId}/`)).length,
    acknowledgements: readAcknowledgements(stack),
    observabilityUsd: total(observabilityCost([template])),
  };
}

/** One reason may stand for a rule in several packs, for several rules and on several constructs. */
function readAcknowledgements(stack: CloudFormationStackArtifact): Acknowledgement[] {
  const byReason = new Map<string, { rules: Set<string>; paths: Set<string> }>();
  for (const { path: constructPath, data } of stack.findMetadataByType(Validations.ACKNOWLEDGED_RULES_METADATA_KEY)) {
    for (const [id, reason] of Object.entries(data as unknown as Record<string, string>)) {
      const group = byReason.get(reason) ?? { rules: new Set(), paths: new Set() };
      byReason.set(reason, group);
      group.rules.add(id.replace(/^(Annotation|CloudFormation-Validate)::/, '').replace(/^(NIST\.800\.53\.R5|HIPAA\.Security|PCI\.DSS\.321)-/, ''));
      group.paths.add(constructPath.slice(1));
    }
  }
  return [...byReason].map(([reason, { rules, paths }]) => ({ reason, rules: [...rules], constructPaths: [...paths] }));
}

function readJson(file: string): unknown {
  return JSON.parse(fs.readFileSync(file, 'utf8'));
}
