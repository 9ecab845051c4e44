/** Image of a public registry that the library names where a caller names none. */
export interface NamedImage {
  /** Repository, without a tag. */
  readonly repository: string;
  /** Tag of the version, which a reader compares with the releases. */
  readonly version: string;
  /**
   * Digest of the index of all architectures.
   * @default - none is known, so the tag names the image; `reason` says why
   */
  readonly digest?: string;
  /** Day on which somebody compared version and digest with the registry. */
  readonly readOn: string;
  /** Page with the newest version. */
  readonly source: string;
  /**
   * Reason why it has no digest.
   * @default - it has one
   */
  readonly reason?: string;
}

/** Every image that the library names. `npm run check:images` says which of them are old. */
export const NAMED_IMAGES = {
  collector: {
    repository: 'public.ecr.aws/aws-observability/aws-otel-collector',
    version: 'v0.49.0',
    digest: 'sha256:d2bdfff2c377c3d71d78bd5d9ce9862fd535b12134a5739d87a07801297cf9fd',
    readOn: '2026-12-01',
    source: 'releases of github.com/aws-observability/aws-otel-collector',
  },
  datadog: {
    repository: 'public.ecr.aws/datadog/agent',
    version: '7.79.2',
    readOn: '2026-12-01',
    source: 'releases of github.com/DataDog/datadog-agent',
    reason: 'no digest of all architectures was found that two independent sources agree on',
  },
  fluentBit: {
    repository: 'public.ecr.aws/aws-observability/aws-for-fluent-bit',
    version: '3.4.17',
    digest: 'sha256:940eee58ec25fc5b92328da54e9c834c0bb4656c76320ceb24be7a8dd4063029',
    readOn: '2026-12-01',
    source: 'releases of github.com/aws/aws-for-fluent-bit',
  },
  // Tags of Trivy have been malware (CVE-2026-33634).
  trivy: {
    repository: 'public.ecr.aws/aquasecurity/trivy',
    version: '0.74.0',
    digest: 'sha256:62b1e65e8869bc4b4c6aa4fa2b21595256c7c2f6018a9d9ad61caf87187c1969',
    readOn: '2026-12-01',
    source: 'releases of github.com/aquasecurity/trivy',
  },
  // Emulation and builder run privileged.
  binfmt: {
    repository: 'docker.io/tonistiigi/binfmt',
    version: 'qemu-v10.2.3',
    digest: 'sha256:400a4873b838d1b89194d982c45e5fb3cda4593fbfd7e08a02e76b03b21166f0',
    readOn: '2026-12-01',
    source: 'releases of github.com/tonistiigi/binfmt',
  },
  buildkit: {
    repository: 'docker.io/moby/buildkit',
    version: 'v0.33.1',
    digest: 'sha256:cec9f139f45e93c5c69c60f8b07cfad9f43f4ef6b6a6cd917527fea5ff2e3dea',
    readOn: '2026-12-01',
    source: 'releases of github.com/moby/buildkit',
  },
} satisfies { [name: string]: NamedImage };

/** The image for Docker, with version and digest. Docker pulls by the digest and shows the version. */
export function pinnedImage({ repository, version, digest }: NamedImage): string {
  return digest === undefined ? `${repository}:${version}` : `${repository}:${version}@${digest}`;
}

/** The image for a task definition. ECS documents a tag or a digest, not both. */
export function taskImage({ repository, version, digest }: NamedImage): string {
  return digest === undefined ? `${repository}:${version}` : `${repository}@${digest}`;
}
