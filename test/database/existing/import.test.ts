import * as fs from 'node:fs';
import { PostgresCapacity } from '../../../src';
import { postgres } from '../../fixtures/database-stack';

const PAGE = fs.readFileSync('docs/adopt-a-database.md', 'utf8');

interface Resource {
  readonly Type: string;
  readonly DependsOn?: string | string[];
}

/** Types of all resources that a server refers to, through others too, without the network. */
function neededBy(all: { readonly [id: string]: Resource }, type: string): string[] {
  const seen = new Set(Object.keys(all).filter((id) => all[id].Type === type));
  for (const id of seen) {
    const text = JSON.stringify(all[id]);
    const named = [...text.matchAll(/"(?:Ref|Fn::GetAtt)":\[?"(\w+)"/g)].map(([, name]) => name);
    [...named, ...[all[id].DependsOn ?? []].flat()].filter((name) => name in all).forEach((name) => seen.add(name));
  }
  return [...new Set([...seen].map((id) => all[id].Type))].filter((one) => !one.startsWith('AWS::EC2::')).sort();
}

describe('The import of an existing server', () => {
  test.each([
    ['AWS::RDS::DBInstance', PostgresCapacity.instance()],
    ['AWS::RDS::DBCluster', PostgresCapacity.serverless()],
  ])('of %s takes along what it refers to, as the page lists it', (type, capacity) => {
    const needed = neededBy(postgres({ capacity }).template.toJSON().Resources as never, type);
    expect(needed).toContain('AWS::RDS::DBSubnetGroup');
    expect(needed).toContain('AWS::KMS::Key');
    expect(needed.filter((one) => !PAGE.includes(`\`${one}\``))).toEqual([]);
  });
});
