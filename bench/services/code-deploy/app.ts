/* One service with @cdklabs/cdk-ecs-codedeploy, by its defaults. Its canary is left out: bundling it downloads packages at each synthesis. */
import { ApplicationLoadBalancedCodeDeployedFargateService } from '@cdklabs/cdk-ecs-codedeploy';
import { Cluster, ContainerImage } from 'aws-cdk-lib/aws-ecs';
import { IMAGE, serviceApp } from '../service-app';

serviceApp((stack, { vpc, certificate }) => {
  new ApplicationLoadBalancedCodeDeployedFargateService(stack, 'Web', {
    cluster: new Cluster(stack, 'Cluster', { vpc }),
    certificate,
    taskImageOptions: { image: ContainerImage.fromRegistry(IMAGE), containerPort: 8080 },
  });
});
