import { ServiceImage } from './service-image';

/** Pinned images of the agents, as of 2026-11-20. docs/service.md lists them, and a prop replaces each of them. */
export const AGENT_IMAGES = {
  collector: 'public.ecr.aws/aws-observability/aws-otel-collector:v0.49.0',
  datadog: 'public.ecr.aws/datadog/agent:7.79.2',
  fluentBit: 'public.ecr.aws/aws-observability/aws-for-fluent-bit:3.4.17',
};

/** Image of an agent: the caller's, or the pinned one. */
export function agentImage(agent: keyof typeof AGENT_IMAGES, replacement?: ServiceImage): ServiceImage {
  return replacement ?? ServiceImage.fromRegistry(AGENT_IMAGES[agent]);
}
