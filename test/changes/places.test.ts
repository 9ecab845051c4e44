import { type App, Stage } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { rareParts } from '../fixtures/rare-parts';
import { ENV } from '../fixtures/test-stack';
import { wholeLibrary, type WholeLibraryPlace } from '../fixtures/whole-library';
import { Account } from '../simulators/cloudformation/account';
import { described } from '../simulators/cloudformation/outcome';
import type { Template } from '../simulators/cloudformation/template';

/** Everything of the library. Both are needed to reach each name. */
const APPS: Array<[string, (place?: WholeLibraryPlace) => App]> = [['the whole library', wholeLibrary], ['its rare parts', rareParts]];
/** What an account has once, whoever makes it. The documentation says how the second stack takes the first one's. */
const SINGLETONS = /AWS::IAM::OIDCProvider/;

describe.each(APPS)('The stacks of %s', (_, appIn) => {
  const plain = templatesOf(appIn());

  test.each<[string, (app: App) => Construct]>([
    ['a Stage', (app) => new Stage(app, 'Production')],
    ['a Stage in a Stage', (app) => new Stage(new Stage(app, 'Company'), 'Production')],
    ['another construct', (app) => new Construct(app, 'Estate')],
  ])('are the same within %s', (_scope, within) => {
    expect(templatesOf(appIn({ within }))).toEqual(plain);
  }, 120_000);

  test('have no name in common with those of a second deployment under other stack names', () => {
    // A quota is no name: two networks need more addresses than a new account has.
    const account = new Account({ ...ENV, addresses: 100 });
    Object.entries(plain).forEach(([name, template]) => account.deploy(name, template));
    const refused = Object.entries(templatesOf(appIn({ stackName: (id) => `Copy-${id}` })))
      .flatMap(([name, template]) => described(account.deploy(name, template, { findAll: true })))
      .filter((finding) => finding.startsWith('refused by AWS') && !SINGLETONS.test(finding));
    expect(refused).toEqual([]);
  }, 120_000);
});

/** Templates by the names of their stacks, without the paths that CDK writes beside resources. */
function templatesOf(app: App): { [stackName: string]: Template } {
  const assembly = app.synth();
  const assemblies = [assembly, ...assembly.nestedAssemblies.flatMap(({ nestedAssembly: nested }) =>
    [nested, ...nested.nestedAssemblies.map(({ nestedAssembly }) => nestedAssembly)])];
  return Object.fromEntries(assemblies.flatMap(({ stacks }) => stacks).map(({ stackName, template }) => [stackName, withoutMetadata(template)]));
}

function withoutMetadata(template: unknown): Template {
  return JSON.parse(JSON.stringify(template, (key, value: unknown) => (key === 'Metadata' ? undefined : value))) as Template;
}
