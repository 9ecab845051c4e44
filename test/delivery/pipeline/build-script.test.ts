import { execFileSync, spawnSync } from 'child_process';
import {
  BUILD_SCAN_PUSH,
  EXPORT_IMAGE,
  NAME_BUILT_IMAGE,
  NAME_PUSHED_IMAGE,
} from '../../../src/delivery/pipeline/build/build-script';
import { SCAN_PUSHED_IMAGE } from '../../../src/delivery/pipeline/build/scan-script';
import { BuildHost, type Outcome, type StandIns } from '../../simulators/shell-commands';

const COMMIT = '0123456789abcdef0123456789abcdef01234567';
const OTHER_COMMIT = 'fedcba9876543210fedcba9876543210fedcba98';
const DIGEST = `sha256:${'ab'.repeat(32)}`;
const URI = '111111111111.dkr.ecr.eu-central-1.amazonaws.com/shop';
const ENVIRONMENT = {
  COMMIT_ID: COMMIT,
  REPOSITORY_NAME: 'shop',
  REPOSITORY_URI: URI,
  DIRECTORY: 'api',
  DOCKERFILE: 'api/Dockerfile',
  PLATFORMS: 'linux/arm64',
  TRIVY_IMAGE: 'trivy@sha256:1',
  BINFMT_IMAGE: 'binfmt@sha256:2',
  BUILDKIT_IMAGE: 'buildkit@sha256:3',
  MOVING_TAG: 'latest',
};

/**
 * A registry whose tags are files with the digest, and a docker whose `run` is Trivy. FINDINGS makes Trivy find something,
 * and UNFIXED something in packages of that type for which no fixed version exists.
 */
const PROGRAMS: StandIns = {
  docker: `
case "$1 $2" in
  "run --rm")
    [[ "$*" == *"--exit-code 1"* ]] || exit 0
    if [ -n "\${FINDINGS:-}" ] && ! grep -qs "\"$FINDINGS\"" "$STATE/tmp/scan/accepted.yaml"; then exit 1; fi
    if [ -n "\${UNFIXED:-}" ] && [[ "$*" != *--ignore-unfixed* ]] && [[ "$*" != *--pkg-types* || "$*" == *"--pkg-types $UNFIXED"* ]]; then exit 1; fi ;;
  "build --pull") [ -z "\${BROKEN_DOCKERFILE:-}" ] || exit 1 ;;
  "push "*) echo "sha256:of-\${2##*:}" > "$STATE/tag-\${2##*:}" ;;
  "save "*) touch "$3" ;;
  "login "*) [ "$(cat)" = secret ] ;;
  "buildx build")
    built="$(sed -E 's/.*--platform linux\\/([^ ]+) .*/\\1/' <<< "$*")"
    [[ "$*" != *push=true* || -z "\${ANOTHER_BUILD:-}" ]] || built=another
    echo "{ \\"containerimage.config.digest\\": \\"sha256:config-$built\\", \\"containerimage.digest\\": \\"sha256:$built\\" }" > "$(sed -E 's/.*--metadata-file ([^ ]+) .*/\\1/' <<< "$*")" ;;
  "buildx imagetools") echo "sha256:of-\${5##*:}" > "$STATE/tag-\${5##*:}" ;;
  # One image under a digest, whatever platform it is pulled for.
  "pull "*)
    if grep -qs "$3 $4" "$STATE/pulled"; then exit 0; fi
    if grep -qs "$4" "$STATE/pulled"; then echo 'cannot overwrite digest' >&2; exit 1; fi
    echo "$3 $4" >> "$STATE/pulled" ;;
esac`,
  aws: `
case "$2" in
  get-login-password) echo secret ;;
  describe-images)
    if [[ "$*" == *imageDigest=* ]]; then printf '%s\\n' "\${TAGS:-}"; exit 0; fi
    if [ -n "\${DENIED:-}" ]; then echo 'An error occurred (AccessDeniedException)' >&2; exit 254; fi
    [ -e "$STATE/tag-\${6#imageTag=}" ] || { echo 'An error occurred (ImageNotFoundException) when calling DescribeImages' >&2; exit 254; }
    digest="$(cat "$STATE/tag-\${6#imageTag=}")"
    case "$*" in
      *.imageDigest*) echo "$digest" ;;
      *.imageTags*) grep -l "^$digest$" "$STATE"/tag-* | sed 's/.*tag-//' | tr '\\n' '\\t' ;;
    esac ;;
  batch-get-image)
    if [[ "$*" == *imageDigest=* ]]; then [ -n "\${MANIFEST:-}" ] && echo "$MANIFEST" || echo '{}'; exit 0; fi
    echo "{ \\"imageManifest\\": \\"$(cat "$STATE/tag-\${6#imageTag=}")\\", \\"imageManifestMediaType\\": \\"application/vnd.oci.image.manifest.v1+json\\" }" ;;
  put-image)
    if [ -e "$STATE/tag-$6" ] && [ "$6" != latest ]; then echo 'An error occurred (ImageTagAlreadyExistsException)' >&2; exit 254; fi
    if [ -n "\${BROKEN_REGISTRY:-}" ]; then echo 'An error occurred (ServerException)' >&2; exit 254; fi
    { cat "$STATE/tmp/manifest.json"; echo; } > "$STATE/tag-$6" ;;
esac`,
};

const hosts: BuildHost[] = [];
function host(programs: StandIns = PROGRAMS): BuildHost {
  const made = new BuildHost(programs)
    .source('api/Dockerfile', 'FROM scratch')
    .source('api/package.json', '{ "version": "1.4.2" }');
  hosts.push(made);
  return made;
}
afterEach(() => hosts.splice(0).forEach((made) => made.remove()));

const build = (on: BuildHost, environment: object = {}): Outcome =>
  on.run([NAME_BUILT_IMAGE, BUILD_SCAN_PUSH, EXPORT_IMAGE], { ...ENVIRONMENT, ...environment });
/** Summary of each call. The two ends of the pipe of the login start at the same time, so that their order is fixed here. */
const steps = (outcome: Outcome): string[] =>
  stepsAsWritten(outcome)
    .join('\n')
    .replace('docker login\naws get-login-password', 'aws get-login-password\ndocker login')
    .split('\n')
    .filter(Boolean);
const stepsAsWritten = ({ calls }: Outcome): string[] =>
  calls.map((call) => {
    const [program, ...words] = call.split(' ');
    const about =
      program === 'aws'
        ? [words[1], ...(call.includes('put-image') ? [words[5]] : [])]
        : words[0] === 'run'
          ? [
            words.includes('--privileged')
              ? 'emulate'
              : words.includes('--exit-code')
                ? 'trivy decides'
                : 'trivy reports',
          ]
          : words[0] === 'buildx'
            ? [words[0], words[1], ...(call.includes('push=true') ? ['push'] : [])]
            : [words[0]];
    return [program, ...about].join(' ');
  });
const called = (outcome: Outcome, part: string): string[] => outcome.calls.filter((call) => call.includes(part));

describe('The build of an image', () => {
  test('builds and scans, then pushes with the commit, the version and latest as tags (A-09, A-12, B-11)', () => {
    const outcome = build(host());
    expect(outcome.status).toBe(0);
    expect(steps(outcome)).toEqual([
      'aws describe-images',
      'aws get-login-password',
      'docker login',
      'docker build',
      'docker save',
      'docker trivy reports',
      'docker trivy decides',
      'docker trivy decides',
      'docker tag',
      'docker push',
      'aws describe-images',
      'aws batch-get-image',
      'aws put-image 1.4.2',
      'aws batch-get-image',
      'aws put-image latest',
    ]);
    expect(called(outcome, 'docker push')).toEqual([`docker push ${URI}:${COMMIT}`]);
    expect(called(outcome, 'docker build')).toEqual([
      'docker build --pull --platform linux/arm64 --file api/Dockerfile ' +
        `--label org.opencontainers.image.revision=${COMMIT} --tag candidate api`,
    ]);
    expect(outcome.environment).toMatchObject({ IMAGE_TAG: COMMIT, IMAGE_DIGEST: `sha256:of-${COMMIT}` });
  });

  test('stops before the push on a finding of severity HIGH or CRITICAL, and leaves the report (A-09)', () => {
    const outcome = build(host(), { FINDINGS: 'CVE-1' });
    expect(outcome.status).not.toBe(0);
    expect(outcome.output).toContain('findings of HIGH or CRITICAL in arm64: nothing is released. Update the package');
    expect(steps(outcome).slice(-3)).toEqual(['docker trivy reports', 'docker trivy decides', 'docker trivy decides']);
    expect(called(outcome, '--exit-code 1')[0]).toContain('--severity HIGH,CRITICAL --exit-code 1');
    expect(called(outcome, '--output')[1]).toContain('--output /scan/reports/arm64.xml');
    expect(called(outcome, 'push')).toEqual([]);
    expect(called(outcome, 'put-image')).toEqual([]);
  });

  test('gives Trivy the image as a file, and neither the Docker daemon nor a credential (A-09)', () => {
    const trivy = called(build(host()), 'docker run');
    expect(trivy).toHaveLength(3);
    trivy.forEach((call) =>
      expect(call).toMatch(
        /^docker run --rm --volume \/tmp\/scan:\/scan --volume \/tmp\/scan\/cache:\/cache trivy@sha256:1 --cache-dir \/cache image --input \/scan\/image\.tar /,
      ),
    );
  });

  test('ends before the scan and the push if the Dockerfile fails', () => {
    const outcome = build(host(), { BROKEN_DOCKERFILE: 'yes' });
    expect(outcome.status).not.toBe(0);
    expect(steps(outcome).slice(-1)).toEqual(['docker build']);
  });

  test('scans what has the tag of the commit already, and builds nothing (C-12)', () => {
    const on = host();
    build(on);
    const before = build(on).calls.length;
    const outcome = build(on);
    expect(outcome.status).toBe(0);
    expect(steps({ ...outcome, calls: outcome.calls.slice(before) })).toEqual([
      'aws describe-images',
      'aws describe-images',
      'aws batch-get-image',
      'aws get-login-password',
      'docker login',
      'docker pull',
      'docker save',
      'docker trivy reports',
      'docker trivy decides',
      'docker trivy decides',
      'aws batch-get-image',
      'aws put-image 1.4.2',
      'aws batch-get-image',
      'aws put-image latest',
    ]);
    expect(outcome.output).toContain(`shop:${COMMIT} was pushed before, and is scanned as it is`);
    expect(called(outcome, 'docker push')).toHaveLength(1);
    expect(called(outcome, 'docker pull')[0]).toBe(`docker pull --platform linux/arm64 ${URI}@sha256:of-${COMMIT}`);
    expect(outcome.environment).toMatchObject({ IMAGE_TAG: COMMIT, IMAGE_DIGEST: `sha256:of-${COMMIT}` });
  });

  test('takes the tag of the commit for no proof: a finding in what has it stops the release (A-09)', () => {
    const on = host();
    build(on);
    const outcome = build(on, { FINDINGS: 'CVE-1' });
    expect(outcome.status).not.toBe(0);
    expect(called(outcome, 'docker push')).toHaveLength(1);
  });

  test('completes the tags that an interrupted run left out (C-12)', () => {
    const on = host();
    expect(build(on, { BROKEN_REGISTRY: 'yes' }).status).not.toBe(0);
    const outcome = build(on);
    expect(outcome.status).toBe(0);
    expect(outcome.output).toContain('also tagged 1.4.2');
  });

  test('keeps a version on the commit that had it first (A-12)', () => {
    const on = host();
    build(on);
    const outcome = build(on, { COMMIT_ID: OTHER_COMMIT });
    expect(outcome.status).toBe(0);
    expect(outcome.output).toContain("the tag 1.4.2 is another image's for good");
    expect(called(outcome, 'docker push').map((call) => call.split(':').pop())).toEqual([COMMIT, OTHER_COMMIT]);
  });

  test('fails if the registry can not say whether the commit is pushed', () => {
    const outcome = build(host(), { DENIED: 'yes' });
    expect(outcome.status).not.toBe(0);
    expect(steps(outcome)).toEqual(['aws describe-images']);
  });

  test('builds and scans each architecture, pushes it without a tag, and joins both by one tag (C-12)', () => {
    const outcome = build(host(), { PLATFORMS: 'linux/amd64,linux/arm64' });
    expect(outcome.status).toBe(0);
    expect(steps(outcome).slice(3)).toEqual([
      'docker emulate',
      'docker buildx create',
      'docker buildx build',
      'docker save',
      'docker trivy reports',
      'docker trivy decides',
      'docker trivy decides',
      'docker buildx build',
      'docker save',
      'docker trivy reports',
      'docker trivy decides',
      'docker trivy decides',
      'docker buildx build push',
      'docker buildx build push',
      'docker buildx imagetools',
      'aws describe-images',
      'aws batch-get-image',
      'aws put-image 1.4.2',
      'aws batch-get-image',
      'aws put-image latest',
    ]);
    called(outcome, 'push=true').forEach((call) =>
      expect(call).toContain(`--output type=image,name=${URI},push-by-digest=true,name-canonical=true,push=true`),
    );
    expect(called(outcome, 'imagetools')).toEqual([
      `docker buildx imagetools create --tag ${URI}:${COMMIT} ${URI}@sha256:amd64 ${URI}@sha256:arm64`,
    ]);
    expect(called(outcome, 'reports/').map((call) => /reports\/(\w+)\.xml/.exec(call)![1])).toEqual(['amd64', 'arm64']);
  });

  test('gives no tag to a pushed image that differs from the scanned one (A-09)', () => {
    const outcome = build(host(), { PLATFORMS: 'linux/amd64,linux/arm64', ANOTHER_BUILD: 'yes' });
    expect(outcome.status).not.toBe(0);
    expect(outcome.output).toContain('what was built for linux/amd64 is not what was scanned');
    expect([...called(outcome, 'imagetools'), ...called(outcome, 'put-image')]).toEqual([]);
  });

  test('pushes no architecture after a finding in one of them (C-12)', () => {
    const outcome = build(host(), { PLATFORMS: 'linux/amd64,linux/arm64', FINDINGS: 'CVE-1' });
    expect(outcome.status).not.toBe(0);
    expect(called(outcome, 'push=true')).toEqual([]);
    expect(called(outcome, 'buildx build')).toHaveLength(1);
  });

  test.each(['linux/arm64', 'linux/amd64,linux/arm64'])(
    'makes no attestations, which would make an index of one image: %s',
    (PLATFORMS) => {
      const on = host({
        ...PROGRAMS,
        docker: `case "$*" in *build*--platform*) [ "\${BUILDX_NO_DEFAULT_ATTESTATIONS:-}" = 1 ] || exit 1 ;; esac\n${PROGRAMS.docker}`,
      });
      expect(build(on, { PLATFORMS }).status).toBe(0);
    },
  );

  describe('with accepted findings', () => {
    const accepted = (until: string) =>
      JSON.stringify([
        { id: 'CVE-1', until, reason: "It's never called" },
        { id: 'CVE-2', until: '2999-01-01', reason: 'It is "tested"' },
      ]);

    test('applies them to the decision, and not to the report (A-09)', () => {
      const outcome = build(host(), { ACCEPTED_FINDINGS: accepted('2999-12-31'), FINDINGS: 'CVE-1' });
      expect(outcome.status).toBe(0);
      expect(called(outcome, '--ignorefile /scan/accepted.yaml')).toEqual(called(outcome, '--exit-code 1'));
    });

    test('counts one again after its day, says so, and fails on it (A-09)', () => {
      const outcome = build(host(), { ACCEPTED_FINDINGS: accepted('2020-12-31'), FINDINGS: 'CVE-1' });
      expect(outcome.status).not.toBe(0);
      expect(outcome.output).toContain(
        "the acceptance of CVE-1 ended on 2020-12-31, and the finding counts again. It was accepted because: It's never called",
      );
      expect(called(outcome, 'docker push')).toEqual([]);
    });

    test('accepts one on its last day', () => {
      const today = new Date().toISOString().slice(0, 10);
      expect(build(host(), { ACCEPTED_FINDINGS: accepted(today), FINDINGS: 'CVE-1' }).status).toBe(0);
    });

    test('stops on any other', () => {
      const outcome = build(host(), { ACCEPTED_FINDINGS: accepted('2999-12-31'), FINDINGS: 'CVE-3' });
      expect(outcome.status).not.toBe(0);
    });
  });

  test.each([
    ['stops on one in a library', {}, 'library', false],
    ['passes one in a package of the base image', {}, 'os', true],
    ['stops on one in the base image where it is told to', { UNFIXED_FINDINGS: 'stop' }, 'os', false],
    ['passes one in a library where it is told to', { UNFIXED_FINDINGS: 'accept' }, 'library', true],
  ])('without a fixed version for a finding %s (A-09)', (_, environment, UNFIXED, passes) => {
    expect(build(host(), { ...environment, UNFIXED }).status === 0).toBe(passes);
  });

  test('still stops on a finding in the base image that has a fixed version (A-09)', () => {
    expect(build(host(), { FINDINGS: 'CVE-1', UNFIXED_FINDINGS: 'accept' }).status).not.toBe(0);
  });

  test('loads the databases of the scanner from a mirror', () => {
    const outcome = build(host(), { TRIVY_DATABASE: 'mirror/db:2', TRIVY_JAVA_DATABASE: 'mirror/java:1' });
    const scans = called(outcome, 'docker run');
    expect(scans.filter((call) => call.includes('--db-repository mirror/db:2 --java-db-repository mirror/java:1'))).toEqual(scans);
  });

  test('gives secrets and the files of registries to BuildKit, and none of their values to a command', () => {
    const on = host();
    const outcome = on.run(
      ['mkdir -p /tmp/registries; echo token > /tmp/registries/npmrc', NAME_BUILT_IMAGE, BUILD_SCAN_PUSH],
      { ...ENVIRONMENT, BUILD_SECRETS: 'SENTRY_TOKEN OTHER', SENTRY_TOKEN: 'very-secret', OTHER: 'x' },
    );
    expect(called(outcome, 'docker build --pull')[0]).toContain(
      '--secret id=SENTRY_TOKEN,env=SENTRY_TOKEN --secret id=OTHER,env=OTHER --secret id=npmrc,src=/tmp/registries/npmrc --tag',
    );
    expect([...outcome.calls, outcome.output].join()).not.toContain('very-secret');
  });

  describe('of a variant', () => {
    test('gives each its own immutable tag of the commit, and moves no tag (C-17)', () => {
      const on = host();
      build(on);
      const outcome = build(on, { VARIANT: 'php8-3', MOVING_TAG: '' });
      expect(outcome.status).toBe(0);
      expect(outcome.environment.IMAGE_TAG).toBe(`${COMMIT}-php8-3`);
      expect(called(outcome, 'docker push').map((call) => call.split(':').pop())).toEqual([COMMIT, `${COMMIT}-php8-3`]);
      expect(called(outcome, 'put-image').map((call) => call.split(' ')[6])).toEqual(['1.4.2', 'latest', '1.4.2-php8-3']);
    });
  });

  describe('with a cache of layers', () => {
    test('keeps the layers of each architecture and variant, and scans and pushes as before', () => {
      const outcome = build(host(), { LAYER_CACHE: 'registry/cache', VARIANT: 'php8-3' });
      expect(outcome.status).toBe(0);
      const [call] = called(outcome, 'buildx build');
      expect(call).toContain(
        '--pull --load --tag candidate --cache-from type=registry,ref=registry/cache:php8-3-arm64 ' +
          '--cache-to type=registry,ref=registry/cache:php8-3-arm64,mode=max,image-manifest=true,oci-mediatypes=true,ignore-error=true',
      );
      expect(steps(outcome)).toEqual(expect.arrayContaining(['docker buildx create', 'docker trivy decides', 'docker push']));
    });
  });

  describe('whose paths are named', () => {
    const PATHS = { PATHS: 'api shared' };
    const sources = (on: BuildHost) => on.source('shared/code.js', '1').source('docs/page.md', '1');

    test('carries on the tag and digest of the image where a commit changes nothing in them', () => {
      const on = sources(host());
      expect(build(on, PATHS).status).toBe(0);
      const outcome = build(on.source('docs/page.md', '2'), { ...PATHS, COMMIT_ID: OTHER_COMMIT });
      expect(outcome.status).toBe(0);
      expect(outcome.output).toContain(`nothing in api shared has changed since ${COMMIT}`);
      expect(called(outcome, 'docker push')).toHaveLength(1);
      expect(outcome.environment).toMatchObject({ IMAGE_TAG: COMMIT, IMAGE_DIGEST: `sha256:of-${COMMIT}` });
    });

    test.each<[string, (on: BuildHost) => BuildHost, object]>([
      ['a file in one of them', (on) => on.source('shared/code.js', '2'), {}],
      ['a new file in one of them', (on) => on.source('shared/more.js', '1'), {}],
      ['the Dockerfile', (on) => on.source('other/Dockerfile', 'FROM other'), { DOCKERFILE: 'other/Dockerfile' }],
      ['a build argument', (on) => on, { BUILD_ARGUMENTS: 'A=2' }],
    ])('builds a commit that changes %s', (_, change, environment) => {
      const on = sources(host());
      build(on, PATHS);
      const outcome = build(change(on), { ...PATHS, COMMIT_ID: OTHER_COMMIT, ...environment });
      expect(outcome.status).toBe(0);
      expect(outcome.environment.IMAGE_TAG).toBe(OTHER_COMMIT);
      expect(called(outcome, 'docker push')).toHaveLength(2);
    });

    test('scans what it carries on, and builds it anew where it no longer passes (A-09)', () => {
      const on = sources(host({
        ...PROGRAMS,
        docker: `[[ "$*" != pull* ]] || touch "$STATE/old"; [[ "$*" != build* ]] || rm -f "$STATE/old"
[[ ! -e "$STATE/old" || "$*" != *--exit-code* ]] || exit 1\n${PROGRAMS.docker}`.replace('\\n', '\n'),
      }));
      build(on, PATHS);
      const outcome = build(on, { ...PATHS, COMMIT_ID: OTHER_COMMIT });
      expect(outcome.status).toBe(0);
      expect(outcome.output).toContain('it is built anew');
      expect(outcome.environment).toMatchObject({ IMAGE_TAG: OTHER_COMMIT, IMAGE_DIGEST: `sha256:of-${OTHER_COMMIT}` });
    });

    test('carries on what was built anew, so that the next commits build nothing (A-09)', () => {
      // The first image has a finding by the time of the second commit.
      const on = sources(host({
        ...PROGRAMS,
        docker: `[[ "$*" != pull* ]] || basename "\${*: -1}" > "$STATE/pulled-last"; [[ "$*" != build* ]] || rm -f "$STATE/pulled-last"
[[ "$*" != *--exit-code* ]] || ! grep -qs 'of-${COMMIT}' "$STATE/pulled-last" || exit 1\n${PROGRAMS.docker}`.replace('\\n', '\n'),
      }));
      build(on, PATHS);
      build(on, { ...PATHS, COMMIT_ID: OTHER_COMMIT });
      const outcome = build(on, { ...PATHS, COMMIT_ID: 'a'.repeat(40) });
      expect(outcome.status).toBe(0);
      expect(called(outcome, 'docker push')).toHaveLength(2);
      expect(outcome.environment).toMatchObject({ IMAGE_TAG: OTHER_COMMIT, IMAGE_DIGEST: `sha256:of-${OTHER_COMMIT}` });
      expect(called(outcome, 'put-image').map((call) => call.split(' ')[6]).filter((tag) => /^content-[0-9a-f]{40}-2$/.test(tag))).not.toEqual([]);
    });

    test('never takes the image of another variant', () => {
      const on = sources(host());
      build(on, { ...PATHS, VARIANT: 'one' });
      const outcome = build(on, { ...PATHS, VARIANT: 'two', COMMIT_ID: OTHER_COMMIT });
      expect(outcome.environment.IMAGE_TAG).toBe(`${OTHER_COMMIT}-two`);
    });

    test('fails where one of them is not in the sources', () => {
      const outcome = build(host(), PATHS);
      expect(outcome.status).not.toBe(0);
      expect(outcome.output).toContain('there is no shared in the sources');
      expect(outcome.calls).toEqual([]);
    });
  });

  test('passes build arguments with spaces as they are written', () => {
    const [call] = called(build(host(), { BUILD_ARGUMENTS: 'A=one two\nB=3' }), 'docker build');
    expect(call).toContain('--build-arg A=one two --build-arg B=3 --tag');
  });

  test('tags sources without a commit by their content', () => {
    const [one, same] = [host(), host()].map((on) => build(on, { COMMIT_ID: '' }).environment.IMAGE_TAG);
    const other = build(host().source('api/index.js', '1'), { COMMIT_ID: '' }).environment.IMAGE_TAG;
    expect(one).toMatch(/^[0-9a-f]{40}$/);
    expect(same).toBe(one);
    expect(other).not.toBe(one);
  });

  describe('tags the image', () => {
    const version = (on: BuildHost, environment: object = {}) =>
      called(build(on, environment), 'put-image').map((call) => call.split(' ')[6]);

    test.each<[string, (on: BuildHost) => BuildHost, object, string[]]>([
      [
        'with the version of a version file',
        (on) => on.source('VERSION', ' 2.0.0-rc.1 \n'),
        { VERSION_FILE: 'VERSION' },
        ['2.0.0-rc.1', 'latest'],
      ],
      ['without a version where package.json has none', (on) => on.source('api/package.json', '{}'), {}, ['latest']],
      ['with the version alone where the repository has no moving tag', (on) => on, { MOVING_TAG: '' }, ['1.4.2']],
    ])('%s', (_, prepare, environment, tags) => {
      expect(version(prepare(host()), environment)).toEqual(tags);
    });

    test.each([
      ['is missing', { VERSION_FILE: 'VERSION' }, /VERSION/],
      ['is no version', { VERSION_FILE: 'api/Dockerfile' }, /no semantic version that can be a tag: FROMscratch/],
    ])('after no build at all if the version file %s', (_, environment, said) => {
      const outcome = build(host(), environment);
      expect(outcome.status).not.toBe(0);
      expect(outcome.output).toMatch(said);
      expect(outcome.calls).toEqual([]);
    });
  });
});

describe('A pushed image', () => {
  const PUSHED = {
    ...ENVIRONMENT,
    IMAGE_DIGEST: DIGEST,
    MANIFEST: '{}',
    TAGS_EXCLUDED: 'latest live-* v* *.*.*',
    TAGS_INCLUDED: '*',
  };
  const release = (environment: object) =>
    host().run([NAME_PUSHED_IMAGE, SCAN_PUSHED_IMAGE], { ...PUSHED, ...environment });

  test.each([
    ['commit', { TAGS: `latest\tlive-production-7\t1.4.2\t${COMMIT}` }, COMMIT],
    [
      'version, where versions are released',
      { TAGS: `${COMMIT}\t1.4.2`, TAGS_EXCLUDED: 'latest live-*', TAGS_INCLUDED: '*.*.*' },
      '1.4.2',
    ],
  ])('is named by its %s (C-17)', (_, environment, tag) => {
    const outcome = release(environment);
    expect(outcome.status).toBe(0);
    expect(outcome.environment.IMAGE_TAG).toBe(tag);
  });

  test.each([
    ['is one that moves', 'latest'],
    ['is one of a release', 'live-staging-3'],
    ['is empty', ''],
  ])('is not released if its only tag %s', (_, tags) => {
    const outcome = release({ TAGS: tags });
    expect(outcome.status).not.toBe(0);
    expect(outcome.calls.filter((call) => call.startsWith('docker'))).toEqual([]);
  });

  test('passes the same scan, by its digest, and is not pushed again (A-09)', () => {
    const outcome = release({ TAGS: COMMIT });
    expect(called(outcome, 'docker pull')).toEqual([`docker pull --platform linux/arm64 ${URI}@${DIGEST}`]);
    expect(called(outcome, '--exit-code 1')).toHaveLength(2);
    expect(called(outcome, 'docker push')).toEqual([]);
    expect(release({ TAGS: COMMIT, FINDINGS: 'CVE-1' }).status).not.toBe(0);
  });

  describe('for several architectures', () => {
    const part = (architecture: string, digest: string) => ({
      digest: `sha256:${digest}`,
      platform: { os: architecture === 'unknown' ? 'unknown' : 'linux', architecture },
    });
    const MANIFEST = JSON.stringify({ manifests: [part('amd64', '1'), part('unknown', '2'), part('arm64', '3')] });

    test('is scanned for each by its own digest, because Docker stores one image for each digest (C-12)', () => {
      const outcome = release({ TAGS: COMMIT, MANIFEST, PLATFORMS: 'linux/amd64,linux/arm64' });
      expect(outcome.output).not.toContain('cannot overwrite digest');
      expect(outcome.status).toBe(0);
      expect(called(outcome, 'docker pull')).toEqual([
        `docker pull --platform linux/amd64 ${URI}@sha256:1`,
        `docker pull --platform linux/arm64 ${URI}@sha256:3`,
      ]);
      expect(called(outcome, '--exit-code 1')).toHaveLength(4);
    });

    test.each([
      [
        'lacks an architecture of a service',
        { MANIFEST: JSON.stringify({ manifests: [part('amd64', '1')] }), PLATFORMS: 'linux/amd64,linux/arm64' },
        /not for linux\/arm64/,
      ],
      ['has one architecture only', { PLATFORMS: 'linux/amd64,linux/arm64' }, /not for linux\/amd64/],
    ])('is not released if it %s', (_, environment, said) => {
      const outcome = release({ TAGS: COMMIT, ...environment });
      expect(outcome.status).not.toBe(0);
      expect(outcome.output).toMatch(said);
    });
  });
});

describe('A build script', () => {
  const texts = { NAME_BUILT_IMAGE, NAME_PUSHED_IMAGE, BUILD_SCAN_PUSH, SCAN_PUSHED_IMAGE, EXPORT_IMAGE };

  test.each(Object.entries(texts))('is valid bash: %s', (_, text) => {
    execFileSync('bash', ['-n', '-c', text]);
  });

  const shellcheck = spawnSync('shellcheck', ['--version']).status === 0;
  (shellcheck ? test : test.skip).each(Object.entries(texts))(
    'passes shellcheck, where it is installed: %s',
    (_, text) => {
      const { stdout, status } = spawnSync('shellcheck', ['--shell=bash', '-'], { input: text, encoding: 'utf8' });
      expect(stdout).toBe('');
      expect(status).toBe(0);
    },
  );
});
