import * as fs from 'fs';
import { Stack, Validations } from 'aws-cdk-lib';
import { type Acknowledged, acknowledgementsIn } from '../catalogues/acknowledgements';
import { unacknowledged } from '../fixtures/test-stack';
import { wholeLibrary } from '../fixtures/whole-library';

const TABLE = 'docs/acknowledgements.md';
const PACKS = /^(NIST\.800\.53\.R5|HIPAA\.Security|PCI\.DSS\.321)-/;

/** Without CDK's recommended flags the report leaves warnings out, and so those of this library. */
const reported = ({ finding }: Acknowledged): boolean => process.env.FEATURE_FLAGS !== 'none' || !finding.startsWith('@org/prod-constructs');

/** Acknowledgements of CDK's own L2s are not ours to justify. */
const ours = ({ reason }: Acknowledged): boolean => !reason.includes('camelCase');

/** One row for a finding that several compliance packs share, for subnets that differ only in their number, and with and without partition literals. */
function table(acknowledged: Acknowledged[]): string {
  const packsOf = new Map<string, Set<string>>();
  acknowledged.filter(ours).forEach(({ construct, finding, reason }) => {
    const [, pack] = PACKS.exec(finding) ?? [];
    const row = `| \`${construct.replace(/\d+(?=\/|$)/g, '*')}\` | \`${finding.replace(PACKS, '').replace('<AWS::Partition>', 'aws')}\` | PACKS | ${reason} |`;
    packsOf.set(row, (packsOf.get(row) ?? new Set()).add(pack ?? (finding.startsWith('AwsSolutions') ? 'AwsSolutions' : 'CDK')));
  });
  return [
    '# What the library acknowledges',
    '',
    'Every finding of CDK\'s own validation and of the cdk-nag packs AwsSolutions, NIST 800-53 R5, HIPAA and PCI that the constructs acknowledge themselves, on the exact construct, with the reason that the report shows. `npm run acknowledgements` writes this page; a test holds it against the code.',
    '',
    '| Construct | Finding | Packs | Reason |',
    '|---|---|---|---|',
    ...[...packsOf].map(([row, packs]) => row.replace('PACKS', [...packs].join(', '))).sort(),
    '',
  ].join('\n');
}

test('The committed table holds every acknowledgement of the library, so that a new one shows in review', () => {
  const written = table(acknowledgementsIn(wholeLibrary()));
  if (process.env.UPDATE_ACKNOWLEDGEMENTS) {
    fs.writeFileSync(TABLE, written);
  }
  expect(fs.readFileSync(TABLE, 'utf8')).toBe(written);
});

test('The whole library has no unacknowledged finding of the four packs', () => {
  expect(unacknowledged(stackOf('Application'))).toEqual([]);
});

test('Every acknowledgement belongs to a finding that would arise without it', () => {
  const made = acknowledgementsIn(wholeLibrary()).filter(ours).filter(reported);
  jest.spyOn(Validations.prototype, 'acknowledge').mockImplementation(() => undefined);
  const found = unacknowledged(stackOf('Application'));
  jest.restoreAllMocks();
  const idle = made.filter(({ finding, path }) => !found.some((line) => {
    const [rule, at] = line.split(' at ');
    return rule.replace(/^Annotation::/, '') === finding.replace(/^CloudFormation-Validate::/, '') && (at === path || at.startsWith(`${path}/`));
  }));
  expect(idle.map(({ path, finding }) => `${finding} at ${path}`)).toEqual([]);
});

test('No acknowledgement is made on a stack or an app', () => {
  const app = wholeLibrary();
  const stacks = app.node.findAll().filter((construct) => Stack.isStack(construct) || construct === app).map(({ node }) => node.path);
  expect(acknowledgementsIn(app).filter(({ path }) => stacks.includes(path))).toEqual([]);
});

function stackOf(id: string): Stack {
  return wholeLibrary().node.findChild(id) as Stack;
}
