import * as fs from 'fs';
import * as path from 'path';
import type { Stack } from 'aws-cdk-lib';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { SecureVpc, Tracing } from '../../src';
import { type NamedImage, NAMED_IMAGES, pinnedImage, taskImage } from '../../src/registry/named-images';
import { templateOf } from '../fixtures/test-stack';
import { serviceFixture } from '../fixtures/web-service';

const SOURCES = path.join(__dirname, '..', '..', 'src');
const images: Array<[string, NamedImage]> = Object.entries(NAMED_IMAGES);
const PUBLIC_IMAGE = /['"`](?:public\.ecr\.aws|docker\.io|ghcr\.io|quay\.io|gcr\.io)\/[^'"`\s]+/g;

describe('images that the library names', () => {
  test.each(images)('%s has an exact version, and a digest or the reason why it has none', (_name, { version, digest, reason, readOn }) => {
    expect(version).toMatch(/\d+\.\d+\.\d+$/);
    expect(digest ?? `sha256:${'0'.repeat(64)}`).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(digest === undefined).toBe(reason !== undefined);
    expect(readOn).toMatch(/^\d{4}-\d\d-\d\d$/);
  });

  test('all stand in the table: no other source names one, except in its comments and in what an error shows as an example', () => {
    const files = fs.readdirSync(SOURCES, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts') && !file.endsWith('named-images.ts'));
    const named = files.flatMap((file) => fs.readFileSync(path.join(SOURCES, file), 'utf8').split('\n')
      .filter((line) => !/^\s*(\*|\/\/|\/\*)/.test(line) && !/\bfix:/.test(line))
      .flatMap((line) => [...line.matchAll(PUBLIC_IMAGE)].map(([image]) => `${file}: ${image}`)));
    expect(named).toEqual([]);
  });

  test('are pulled by their digest where they have one', () => {
    expect(pinnedImage({ ...NAMED_IMAGES.trivy })).toBe(`public.ecr.aws/aquasecurity/trivy:0.74.0@${NAMED_IMAGES.trivy.digest}`);
    expect(taskImage(NAMED_IMAGES.collector)).toBe(`public.ecr.aws/aws-observability/aws-otel-collector@${NAMED_IMAGES.collector.digest}`);
    expect(taskImage(NAMED_IMAGES.datadog)).toBe('public.ecr.aws/datadog/agent:7.79.2');
  });

  test('stand so in the tasks', () => {
    const containersWith = (tracing: (stack: Stack) => Tracing) => {
      const { stack } = serviceFixture((parts) => ({ network: new SecureVpc(parts.stack, 'WithNat'), tracing: tracing(parts.stack) }));
      const [task] = Object.values(templateOf(stack).findResources('AWS::ECS::TaskDefinition')) as Array<{ Properties: { ContainerDefinitions: Array<{ Image: unknown; User: string }> } }>;
      return task.Properties.ContainerDefinitions.filter(({ Image }) => typeof Image === 'string');
    };
    expect(containersWith(() => Tracing.xray())).toEqual([expect.objectContaining({ Image: taskImage(NAMED_IMAGES.collector), User: expect.not.stringMatching(/^(0|root)/) })]);
    const datadog = containersWith((stack) => Tracing.datadog({ apiKey: new Secret(stack, 'Key'), site: 'datadoghq.eu' }));
    expect([...new Set(datadog.map(({ Image }) => Image))].sort()).toEqual([taskImage(NAMED_IMAGES.datadog), taskImage(NAMED_IMAGES.fluentBit)].sort());
  });
});
