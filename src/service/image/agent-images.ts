import { ServiceImage } from './service-image';

/** The agents' images, pinned. Looked up on 2026-11-20; docs/service.md names them, and a mirror may take their place by a prop. */
export const AGENT_IMAGES = {
  collector: 'public.ecr.aws/aws-observability/aws-otel-collector:v0.49.0',
  datadog: 'public.ecr.aws/datadog/agent:7.79.2',
  fluentBit: 'public.ecr.aws/aws-observability/aws-for-fluent-bit:3.4.17',
};

/** An agent's image, or what takes its place. */
export function agentImage(agent: keyof typeof AGENT_IMAGES, instead?: ServiceImage): ServiceImage {
  return instead ?? ServiceImage.fromRegistry(AGENT_IMAGES[agent]);
}
