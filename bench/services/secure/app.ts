/* One service with this library, by its defaults. */
import { SubnetType } from 'aws-cdk-lib/aws-ec2';
import { ProductionWebService, SecureLoadBalancer, SecureVpc, ServiceImage } from '@org/prod-constructs';
import { IMAGE, serviceApp } from '../service-app';

serviceApp((stack, { vpc, certificate }) => {
  const network = SecureVpc.fromVpc(stack, 'Network', {
    vpc,
    publicSubnets: { subnetType: SubnetType.PUBLIC },
    applicationSubnets: { subnetType: SubnetType.PRIVATE_WITH_EGRESS },
  });
  const loadBalancer = new SecureLoadBalancer(stack, 'LoadBalancer', { network, certificate });
  new ProductionWebService(stack, 'Web', { network, loadBalancer, image: ServiceImage.fromRegistry(IMAGE) });
});
