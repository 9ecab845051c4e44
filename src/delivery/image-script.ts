/**
 * Shell text of the builds. It runs in CodeBuild's bash, and in tests with stand-ins for `docker` and `aws` on the PATH. Each text is one
 * command of a buildspec; what the first exports, the next ones see.
 */

/** Where scans leave their reports, for CodeBuild to keep. */
export const SCAN_REPORTS = '/tmp/scan/reports';
const SCAN_FOLDER = '/tmp/scan';

/**
 * The tag of what is built: the commit, or where there is none (an archive of S3) a digest of the sources, so that the same sources
 * have the same tag.
 */
export const NAME_BUILT_IMAGE = `
if printf '%s' "\${COMMIT_ID:-}" | grep -Eq '^[0-9a-f]{40}$'; then
  IMAGE_TAG="$COMMIT_ID"
else
  IMAGE_TAG="$(find . -type f -not -path './.git/*' -print0 | LC_ALL=C sort -z | xargs -0 sha256sum | sha256sum | cut -c1-40)"
fi
export IMAGE_TAG
echo "tag: $IMAGE_TAG"
`.trim();

/**
 * The tag of an image that was pushed from outside, by its digest: one that the pipeline was told to release, never one that moves. The
 * release machine's own tags (live-*) are pushes too.
 */
export const NAME_PUSHED_IMAGE = `
IMAGE_TAG="$(
  set -euo pipefail
  set -f
  tags="$(aws ecr describe-images --repository-name "$REPOSITORY_NAME" --image-ids "imageDigest=$IMAGE_DIGEST" --query 'imageDetails[0].imageTags' --output text)"
  for tag in $tags; do
    for pattern in $TAGS_EXCLUDED; do
      # shellcheck disable=SC2254 # a pattern is meant
      case "$tag" in $pattern) continue 2 ;; esac
    done
    for pattern in $TAGS_INCLUDED; do
      # shellcheck disable=SC2254 # a pattern is meant
      case "$tag" in $pattern) echo "$tag"; exit 0 ;; esac
    done
  done
  echo "none of the tags of $IMAGE_DIGEST may be released: $tags" >&2
  exit 1
)"
export IMAGE_TAG
echo "tag: $IMAGE_TAG"
test -n "$IMAGE_TAG"
`.trim();

/**
 * Trivy sees a file and nothing else: no daemon, no credentials, no sources (CVE-2026-33634 read what its neighbours had). The first run
 * writes the whole report, the second decides.
 */
const SCAN = `
scan_folder="\${SCAN_FOLDER:-${SCAN_FOLDER}}"
scan() {
  mkdir -p "$scan_folder/reports" "$scan_folder/cache"
  docker save --output "$scan_folder/image.tar" "$1"
  trivy() { docker run --rm --volume "$scan_folder:/scan" --volume "$scan_folder/cache:/root/.cache/trivy" "$TRIVY_IMAGE" image --input /scan/image.tar "$@"; }
  accepted=()
  if [ -n "\${ACCEPTED_FINDINGS:-}" ]; then
    cp "$ACCEPTED_FINDINGS" "$scan_folder/accepted"
    accepted=(--ignorefile /scan/accepted)
  fi
  trivy --format template --template @/contrib/junit.tpl --output "/scan/reports/$2.xml"
  if ! trivy --severity HIGH,CRITICAL --exit-code 1 "\${accepted[@]}"; then
    echo "findings of HIGH or CRITICAL in $2: nothing is pushed" >&2
    return 1
  fi
}`;

const SIGN_IN = `
sign_in() { aws ecr get-login-password | docker login --username AWS --password-stdin "\${REPOSITORY_URI%%/*}"; }`;

/** What a tag that moves or one that is given once gets, without a second push. One that is taken and immutable stays where it is. */
const TAG_ALSO = `
tag_also() {
  aws ecr batch-get-image --repository-name "$REPOSITORY_NAME" --image-ids "imageTag=$IMAGE_TAG" --accepted-media-types \\
    application/vnd.oci.image.index.v1+json application/vnd.docker.distribution.manifest.list.v2+json \\
    application/vnd.oci.image.manifest.v1+json application/vnd.docker.distribution.manifest.v2+json --query 'images[0]' --output json > /tmp/image.json
  jq -j .imageManifest /tmp/image.json > /tmp/manifest.json
  if said="$(aws ecr put-image --repository-name "$REPOSITORY_NAME" --image-tag "$1" --image-manifest file:///tmp/manifest.json \\
    --image-manifest-media-type "$(jq -r .imageManifestMediaType /tmp/image.json)" 2>&1)"; then
    echo "also tagged $1"
  else
    case "$said" in
      *ImageAlreadyExistsException*) echo "has the tag $1 already" ;;
      *ImageTagAlreadyExistsException*) echo "the tag $1 is another image's for good: it stays there" ;;
      *) echo "$said" >&2; return 1 ;;
    esac
  fi
}`;

/** A version in a package.json, or alone in a file. */
const READ_VERSION = `
version=""
file="\${VERSION_FILE:-$DIRECTORY/package.json}"
if [ -n "\${VERSION_FILE:-}" ] || [ -f "$file" ]; then
  case "$file" in
    *.json) version="$(jq -r '.version // empty' "$file")" ;;
    *) version="$(head -n 1 "$file" | tr -d '[:space:]')" ;;
  esac
fi
if [ -n "$version" ] && ! printf '%s' "$version" | grep -Eq '^[0-9]+[.][0-9]+[.][0-9]+(-[0-9A-Za-z.-]+)?$'; then
  echo "the version in $file is no semantic version that can be a tag: $version" >&2
  exit 1
fi
if [ -n "\${VERSION_FILE:-}" ] && [ -z "$version" ]; then
  echo "there is no version in $file" >&2
  exit 1
fi`;

/** One architecture is built by the machine that has it. Several are built by one machine, which emulates the others. */
const BUILD = `
build_one() { docker build --pull --platform "$PLATFORMS" --file "$DOCKERFILE" "\${arguments[@]}" --tag candidate "$DIRECTORY"; }
build_each() {
  docker run --privileged --rm "$BINFMT_IMAGE" --install all
  docker buildx create --name several --driver docker-container --driver-opt "image=$BUILDKIT_IMAGE"
  for platform in \${PLATFORMS//,/ }; do
    docker buildx build --builder several --pull --platform "$platform" --file "$DOCKERFILE" "\${arguments[@]}" --provenance=false --load --tag candidate "$DIRECTORY"
    scan candidate "\${platform##*/}"
  done
}
build_and_push() {
  case "$PLATFORMS" in
    *,*)
      build_each
      docker buildx build --builder several --platform "$PLATFORMS" --file "$DOCKERFILE" "\${arguments[@]}" --provenance=false --push --tag "$REPOSITORY_URI:$IMAGE_TAG" "$DIRECTORY"
      ;;
    *)
      build_one
      scan candidate "\${PLATFORMS##*/}"
      docker tag candidate "$REPOSITORY_URI:$IMAGE_TAG"
      docker push "$REPOSITORY_URI:$IMAGE_TAG"
      ;;
  esac
}`;

/** Build, scan, push: nothing is pushed that Trivy refuses, and a commit that was pushed before is not built again. */
export const BUILD_SCAN_PUSH = `
(
set -euo pipefail
${SCAN}
${SIGN_IN}
${TAG_ALSO}
${BUILD}
${READ_VERSION}
arguments=(--label "org.opencontainers.image.revision=$IMAGE_TAG")
while IFS= read -r argument; do
  if [ -n "$argument" ]; then arguments+=(--build-arg "$argument"); fi
done <<< "\${BUILD_ARGUMENTS:-}"
if said="$(aws ecr describe-images --repository-name "$REPOSITORY_NAME" --image-ids "imageTag=$IMAGE_TAG" 2>&1)"; then
  echo "$REPOSITORY_NAME:$IMAGE_TAG was pushed before"
else
  case "$said" in
    *ImageNotFoundException*) ;;
    *) echo "$said" >&2; exit 1 ;;
  esac
  sign_in
  build_and_push
fi
if [ -n "$version" ]; then tag_also "$version"; fi
if [ -n "\${MOVING_TAG:-}" ]; then tag_also "$MOVING_TAG"; fi
)
`.trim();

/** The same scan for an image that was built elsewhere. */
export const SCAN_PUSHED_IMAGE = `
(
set -euo pipefail
${SCAN}
${SIGN_IN}
sign_in
for platform in \${PLATFORMS//,/ }; do
  docker pull --platform "$platform" "$REPOSITORY_URI@$IMAGE_DIGEST"
  scan "$REPOSITORY_URI@$IMAGE_DIGEST" "\${platform##*/}"
done
)
`.trim();
