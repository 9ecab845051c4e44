import { Token } from 'aws-cdk-lib';
import type { Rule } from '../../../validation/rules';

/** Trivy 0.74.0 for all architectures. Its digest is pinned, because tags have been malware (CVE-2026-33634). */
export const TRIVY_IMAGE =
  'public.ecr.aws/aquasecurity/trivy:0.74.0@sha256:62b1e65e8869bc4b4c6aa4fa2b21595256c7c2f6018a9d9ad61caf87187c1969';

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
