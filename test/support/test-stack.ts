import * as fs from 'fs';
import * as path from 'path';
import { App, Stack, type StackProps, Validations } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { AwsSolutionsChecks, HIPAASecurityChecks, NIST80053R5Checks, PCIDSS321Checks } from 'cdk-nag';

/** The flags of a new app; the suite runs with them and, with FEATURE_FLAGS=none, without any. */
export const FLAGS: { [flag: string]: unknown } = process.env.FEATURE_FLAGS === 'none'
  ? { '@aws-cdk/core:validateAgainstDefaultRules': true }
  : JSON.parse(fs.readFileSync(require.resolve('aws-cdk-lib/recommended-feature-flags.json'), 'utf8')) as { [flag: string]: unknown };

export const REGION = 'eu-central-1';
export const ACCOUNT = '111111111111';
export const ENV = { account: ACCOUNT, region: REGION };

/** An app as a team would have it, with CDK's own template validation on and its findings as errors. */
export function testApp(): App {
  return new App({ context: FLAGS, analyticsReporting: false });
}

/** A stack in a known account and region, of an app of its own unless one is given. */
export function testStack(props: StackProps & { readonly app?: App; readonly id?: string } = {}): Stack {
  const { app = testApp(), id = 'Test', ...rest } = props;
  return new Stack(app, id, { env: ENV, ...rest });
}

/** The template of a stack; validation runs while it is made, and throws on a finding. */
export function templateOf(stack: Stack): Template {
  return Template.fromStack(stack);
}

/** One finding of CDK's own validation or of a cdk-nag pack, as `rule at construct path`. */
export type Finding = string;

interface Report { pluginReports?: Array<{ pluginName: string; violations: Array<{ ruleName: string; violatingConstructs: Array<{ constructPath: string }> }> }> }

/**
 * What CDK's own validation and the four cdk-nag packs find in the app of a stack and nobody acknowledged.
 * Warnings count.
 */
export function unacknowledged(stack: Stack): Finding[] {
  const app = stack.node.root as App;
  const before = process.exitCode;
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app), new NIST80053R5Checks(app), new HIPAASecurityChecks(app), new PCIDSS321Checks(app));
  try {
    app.synth();
  } catch (error) {
    if (!fs.existsSync(path.join(app.outdir, 'validation-report.json'))) {
      throw error;
    }
  } finally {
    // CDK marks the process as failed when a pack reports; here the report is the result.
    process.exitCode = before;
  }
  const report = JSON.parse(fs.readFileSync(path.join(app.outdir, 'validation-report.json'), 'utf8')) as Report;
  return (report.pluginReports ?? []).flatMap(({ violations }) =>
    violations.flatMap(({ ruleName, violatingConstructs }) => violatingConstructs.map(({ constructPath }) => `${ruleName} at ${constructPath}`)));
}

/** The message of what a piece of code throws. */
export function refusal(make: () => unknown): string {
  try {
    make();
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error('nothing was refused');
}

