import { type Template } from 'aws-cdk-lib/assertions';
import { Certificate, CertificateValidation } from 'aws-cdk-lib/aws-certificatemanager';
import { EnvironmentProfile, HardenedPostgres, PostgresCapacity, SecureLoadBalancer, SecureVpc, ServiceCluster } from '../../src';
import { templateOf, testStack } from '../fixtures/test-stack';

/** A load balancer and a database, then what a new account often refuses. */
function template(profile: EnvironmentProfile): Template {
  const stack = testStack();
  profile.applyTo(stack);
  const network = new SecureVpc(stack, 'Network');
  const certificate = new Certificate(stack, 'Certificate', { domainName: 'example.com', validation: CertificateValidation.fromDns() });
  new SecureLoadBalancer(stack, 'Balancer', { network, certificate });
  new HardenedPostgres(stack, 'Database', { network, capacity: PostgresCapacity.serverless() });
  new ServiceCluster(stack, 'Cluster', { network });
  return templateOf(stack);
}

const idsOf = (of: Template, type: string) => Object.keys(of.findResources(type));
const waitsOf = (of: Template, type: string) => Object.values(of.findResources(type)).map(({ DependsOn }) => DependsOn as string[] ?? []);
const PROTECTED = ['AWS::ElasticLoadBalancingV2::LoadBalancer', 'AWS::RDS::DBCluster'];

describe('What is protected against deletion', () => {
  test.each(PROTECTED)('is created after what a new account often refuses, also where that is defined later: %s', (type) => {
    const whole = template(EnvironmentProfile.production());
    const refused = ['AWS::CertificateManager::Certificate', 'AWS::ECS::Cluster', 'AWS::EC2::EIP', 'AWS::WAFv2::WebACL', 'AWS::RDS::DBSubnetGroup'].flatMap((each) => idsOf(whole, each));
    expect(refused).toHaveLength(7);
    waitsOf(whole, type).forEach((waits) => expect(waits).toEqual(expect.arrayContaining(refused)));
  });

  test('waits for nothing where nothing is protected', () => {
    const whole = template(EnvironmentProfile.development());
    const clusters = idsOf(whole, 'AWS::ECS::Cluster');
    PROTECTED.flatMap((type) => waitsOf(whole, type)).forEach((waits) => expect(waits).not.toEqual(expect.arrayContaining(clusters)));
  });
});
