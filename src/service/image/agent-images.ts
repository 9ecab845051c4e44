import { NAMED_IMAGES, taskImage } from '../../registry/named-images';
import { ServiceImage } from './service-image';

/** Agents that the library adds to a task. */
export type Agent = 'collector' | 'datadog' | 'fluentBit';

/** Image of an agent: the caller's, or the pinned one. */
export function agentImage(agent: Agent, replacement?: ServiceImage): ServiceImage {
  return replacement ?? ServiceImage.fromRegistry(taskImage(NAMED_IMAGES[agent]));
}
