import * as fs from 'fs';
import { type App, CfnElement, Stack, Stage, Tags } from 'aws-cdk-lib';
import { wholeLibrary } from '../fixtures/whole-library';

function templates(app: App): { [name: string]: unknown } {
  const assembly = app.synth({ validateOnSynthesis: false } as never);
  return Object.fromEntries([...assembly.stacks, ...assembly.nestedAssemblies.flatMap(({ nestedAssembly }) => nestedAssembly.stacks)].map((s) => [s.stackName, s.template]));
}
test('dump', () => {
  let t = Date.now();
  fs.writeFileSync('/tmp/names/plain.json', JSON.stringify(templates(wholeLibrary()), null, 1));
  console.log(Date.now() - t); t = Date.now();
  fs.writeFileSync('/tmp/names/stage.json', JSON.stringify(templates(wholeLibrary({ within: (app) => new Stage(app, 'Production') })), null, 1));
  console.log(Date.now() - t);
}, 300_000);
