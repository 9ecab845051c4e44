import * as fs from 'fs';
import * as path from 'path';
import { DEPLOYS, FORCES, SETTINGS } from './rules/ecs';

/** Names that CloudFormation and the API spell differently. */
const API_NAMES: { readonly [property: string]: string } = { PlacementStrategies: 'placementStrategy' };

/** Parameters of UpdateService, true for those that trigger a deployment by the SDK's documentation. */
function documented(): { [parameter: string]: boolean } {
  const models = path.join(path.dirname(require.resolve('@aws-sdk/client-ecs/package.json')), 'dist-types', 'models');
  const text = fs
    .readdirSync(models)
    .map((file) => fs.readFileSync(path.join(models, file), 'utf8'))
    .join('\n');
  const [, request] = /export interface UpdateServiceRequest \{([^]*?)\n\}/.exec(text)!;
  const parameters = [...request.matchAll(/\/\*\*([^]*?)\*\/\s*(\w+)\??:/g)];
  return Object.fromEntries(
    parameters
      .filter(([, comment]) => /triggers? a new service deployment/.test(comment))
      .map(([, comment, name]) => [name, comment.includes('parameter triggers a new service deployment')]),
  );
}

describe('Updates of a service (API reference of Amazon ECS, "UpdateService")', () => {
  const triggers = documented();
  const parameter = (property: string) => API_NAMES[property] ?? property.charAt(0).toLowerCase() + property.slice(1);

  test('start a deployment where the API says so, and nowhere else', () => {
    const said = (properties: string[]) =>
      properties.map((property) => triggers[parameter(property)]).filter((one) => one !== undefined);
    expect(new Set(said(DEPLOYS))).toEqual(new Set([true]));
    expect(new Set(said(SETTINGS))).toEqual(new Set([false]));
  });

  test('are classified for every parameter of which the API says it', () => {
    const known = [...DEPLOYS, ...FORCES, ...SETTINGS].map(parameter);
    expect(Object.keys(triggers).length).toBeGreaterThan(10);
    expect(Object.keys(triggers).filter((name) => !known.includes(name))).toEqual([]);
  });
});
