import { type Difference, differences, type Template } from '../../scripts/templates-diff/compare';
import { report } from '../../scripts/templates-diff/report';

const TOPIC = topic('shop/Alerts/Topic/Resource', { DisplayName: 'Alerts' });
const NONE: Template = { Resources: {} };

describe('differences of two templates', () => {
  test('equal templates have none', () => {
    expect(differences({ Resources: { Topic: TOPIC } }, { Resources: { Topic: TOPIC } })).toEqual([]);
  });

  test('a resource on one side only is added or removed, under its construct path', () => {
    const one = { Resources: { Topic: TOPIC } };
    expect(differences(NONE, one)).toEqual([difference({ kind: 'added' })]);
    expect(differences(one, NONE)).toEqual([difference({ kind: 'removed' })]);
  });

  test('a removed resource that is retained stays in the account', () => {
    const retained = { ...TOPIC, DeletionPolicy: 'Retain' };
    const impact = 'keeps the resource in the account';
    expect(differences({ Resources: { Topic: retained } }, NONE)).toEqual([difference({ kind: 'removed', impact })]);
  });

  test('a changed property is named by its JSON path with both values', () => {
    const changed = topic('shop/Alerts/Topic/Resource', { DisplayName: 'Pages' });
    expect(differences({ Resources: { Topic: TOPIC } }, { Resources: { Topic: changed } })).toEqual([
      difference({ changes: [{ jsonPath: 'Properties.DisplayName', before: 'Alerts', after: 'Pages' }] }),
    ]);
  });

  test('a property that can\'t be updated replaces the resource, and what refers to it by such a property', () => {
    const resources = (name: string): Template => ({
      Resources: {
        Topic: topic('shop/Topic', { TopicName: name }),
        Subscription: { Type: 'AWS::SNS::Subscription', Properties: { TopicArn: { Ref: 'Topic' }, Protocol: 'email' } },
      },
    });
    expect(differences(resources('before'), resources('after'))).toEqual([
      difference({
        constructPath: 'Resources.Subscription',
        resourceType: 'AWS::SNS::Subscription',
        kind: 'unchanged',
        impact: 'replaces',
      }),
      difference({
        constructPath: 'shop/Topic',
        impact: 'replaces',
        changes: [{ jsonPath: 'Properties.TopicName', before: 'before', after: 'after' }],
      }),
    ]);
  });

  test('another logical id at the same construct path is one replaced resource', () => {
    expect(differences({ Resources: { Old: TOPIC } }, { Resources: { New: TOPIC } })).toEqual([
      difference({ impact: 'replaces', logicalIds: { before: 'Old', after: 'New' } }),
    ]);
  });

  test('resources without a construct path are told apart by their logical ids', () => {
    const bare = { Type: 'AWS::SNS::Topic' };
    expect(differences({ Resources: { Old: bare } }, { Resources: { New: bare } })).toEqual([
      difference({ constructPath: 'Resources.New', kind: 'added' }),
      difference({ constructPath: 'Resources.Old', kind: 'removed' }),
    ]);
  });

  test('another construct path of the same logical id is a change', () => {
    const moved = topic('shop/Signals/Topic/Resource', { DisplayName: 'Alerts' });
    const [{ constructPath, changes }] = differences({ Resources: { Topic: TOPIC } }, { Resources: { Topic: moved } });
    expect(constructPath).toBe('shop/Signals/Topic/Resource');
    expect(changes.map(({ jsonPath }) => jsonPath)).toEqual(['Metadata.aws:cdk:path']);
  });

  test('outputs, parameters and sections without logical ids are compared, too', () => {
    const parameters = { Track: { Default: 'none' } };
    const before = { Description: 'a shop', Outputs: { Url: { Value: 'a' } }, Parameters: parameters };
    const after = { Description: 'the shop', Outputs: { Url: { Value: 'b' } } };
    expect(differences(before, after).map(({ constructPath, kind }) => [constructPath, kind])).toEqual([
      ['Description', 'changed'], ['Outputs.Url', 'changed'], ['Parameters.Track', 'removed'],
    ]);
  });

  test('an item added to a list is one change, although all later ones move', () => {
    const jsonPath = 'Properties.Tags[1]';
    expect(changesOfTags(['a', 'b', 'c'], ['a', 'x', 'b', 'c'])).toEqual([{ jsonPath, after: 'x' }]);
    expect(changesOfTags(['a', 'b', 'c'], ['a', 'c'])).toEqual([{ jsonPath, before: 'b' }]);
    expect(changesOfTags(['a', 'b', 'c', 'd', 'e'], ['a', 'x', 'c', 'e'])).toEqual([
      { jsonPath, before: 'b' }, { jsonPath: 'Properties.Tags[3]', before: 'd' }, { jsonPath, after: 'x' },
    ]);
  });

  test('of equal items in a list, one more or less is seen', () => {
    expect(changesOfTags(['a', 'a'], ['a'])).toHaveLength(1);
    expect(changesOfTags(['a'], ['a', 'a', 'a'])).toHaveLength(2);
  });

  test('a list of the same length is compared item by item', () => {
    expect(changesOfTags([{ Key: 'a', Value: '1' }], [{ Key: 'a', Value: '2' }])).toEqual([
      { jsonPath: 'Properties.Tags[0].Value', before: '1', after: '2' },
    ]);
  });

  test('another order of keys or of elements is a difference', () => {
    const [type, properties] = [{ Type: 'AWS::SNS::Topic' }, { Properties: {} }];
    const [keys] = differences(
      { Resources: { Topic: { ...type, ...properties } } },
      { Resources: { Topic: { ...properties, ...type } } },
    );
    expect(keys).toMatchObject({ constructPath: 'Resources.Topic', changes: [{ jsonPath: '(order of the keys)' }] });
    const [order] = differences({ Outputs: { A: 1, B: 2 } }, { Outputs: { B: 2, A: 1 } });
    expect(order).toMatchObject({ constructPath: '(template)', changes: [{ jsonPath: '(order of the elements)' }] });
  });
});

describe('the report', () => {
  test('says of identical templates that they are, with their bytes', () => {
    const apps = new Map([['examples/shop', new Map([['shop.template.json', '{}']])]]);
    expect(report('HEAD', apps, apps)).toEqual({
      identical: true,
      lines: [
        'examples/shop',
        '  shop.template.json: identical, 2 bytes',
        '',
        'All 1 templates are identical to those of HEAD.',
      ],
    });
  });

  test('names templates and apps that one side alone has', () => {
    const before = new Map([['examples/old', new Map([['a.template.json', '{}']])]]);
    const after = new Map([['examples/new', new Map([['a.template.json', '{}']])]]);
    const { lines, identical } = report('v1.0.0', before, after);
    expect(identical).toBe(false);
    expect(lines).toEqual([
      'examples/new', '  a.template.json: only in the working tree',
      'examples/old', '  a.template.json: only in v1.0.0',
      '', 'Compared with v1.0.0: 0 templates identical, 0 with differences in 0 places, 2 on one side only.',
    ]);
  });

  test('shows of a long value what stands around the difference', () => {
    const [before, after] = ['x'.repeat(200), 'y'.repeat(200)];
    const lines = reported(`${before}old${after}`, `${before}new${after}`);
    const shown = (value: string): string => `…${'x'.repeat(15)}${value}${'y'.repeat(42)}…`;
    expect(lines[2]).toBe('    shop/Topic (AWS::SNS::Topic): changed');
    expect(lines[3]).toBe(`      Properties.DisplayName: ${shown('old')} → ${shown('new')}`);
  });

  test('shows short values whole', () => {
    expect(reported('old', 'new')[3]).toBe('      Properties.DisplayName: "old" → "new"');
    expect(reported(undefined, 'new')[3]).toBe('      Properties.DisplayName: added "new"');
    expect(reported('old', undefined)[3]).toBe('      Properties.DisplayName: removed "old"');
  });
});

function topic(constructPath: string, properties: object) {
  return { Type: 'AWS::SNS::Topic', Properties: properties, Metadata: { 'aws:cdk:path': constructPath } };
}

function difference(expected: Partial<Difference>): Difference {
  const constructPath = 'shop/Alerts/Topic/Resource';
  return { constructPath, resourceType: 'AWS::SNS::Topic', kind: 'changed', changes: [], ...expected };
}

function changesOfTags(before: unknown[], after: unknown[]) {
  const template = (tags: unknown[]) => ({ Resources: { Topic: topic('shop/Topic', { Tags: tags }) } });
  return differences(template(before), template(after))[0].changes;
}

function reported(before: string | undefined, after: string | undefined): string[] {
  const [was, is] = [before, after].map((name) => {
    const template = JSON.stringify({ Resources: { Topic: topic('shop/Topic', { DisplayName: name }) } });
    return new Map([['examples/shop', new Map([['shop.template.json', template]])]]);
  });
  return report('HEAD', was, is).lines;
}
