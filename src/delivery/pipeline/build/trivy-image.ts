import { Token } from 'aws-cdk-lib';
import { NAMED_IMAGES, pinnedImage } from '../../../registry/named-images';
import type { Rule } from '../../../validation/rules';

/** Trivy for all architectures, by its digest. */
export const TRIVY_IMAGE = pinnedImage(NAMED_IMAGES.trivy);

/** Rule that the image of Trivy is pinned by its digest. */
export function trivyImageRule(prop: string, image: string): Rule {
  return {
    condition: !Token.isUnresolved(image) && !/@sha256:[0-9a-f]{64}$/.test(image),
    prop,
    value: image,
    expected: 'an image with its digest: tags of Trivy have been replaced by malware (CVE-2026-33634)',
    fix: "write it as 'public.ecr.aws/aquasecurity/trivy:VERSION@sha256:DIGEST', or remove it",
  };
}
