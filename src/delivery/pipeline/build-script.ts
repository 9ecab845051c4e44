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

const MEDIA_TYPES = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
].join(' ');

/** What a tag that moves or one that is given once gets, without a second push. One that is taken and immutable stays where it is. */
const TAG_ALSO = `
tag_also() {
  aws ecr batch-get-image --repository-name "$REPOSITORY_NAME" --image-ids "imageTag=$IMAGE_TAG" --accepted-media-types \\
    ${MEDIA_TYPES} --query 'images[0]' --output json > /tmp/image.json
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

/**
 * One architecture is built by the machine that has it. Several are built by one machine, which emulates the others: each is loaded and scanned,
 * and pushed without a tag from the same builder. What was pushed must be what was scanned, before one tag joins them.
 */
const BUILD = `
export BUILDX_NO_DEFAULT_ATTESTATIONS=1
build_one() { docker build --pull --platform "$PLATFORMS" --file "$DOCKERFILE" "\${arguments[@]}" --tag candidate "$DIRECTORY"; }
build_several() {
  docker buildx build --builder several --platform "$1" --file "$DOCKERFILE" "\${arguments[@]}" --metadata-file /tmp/built.json "\${@:2}" "$DIRECTORY"
}
build_each() {
  docker run --privileged --rm "$BINFMT_IMAGE" --install all
  docker buildx create --name several --driver docker-container --driver-opt "image=$BUILDKIT_IMAGE"
  for platform in \${PLATFORMS//,/ }; do
    build_several "$platform" --pull --load --tag candidate
    cp /tmp/built.json "/tmp/scanned-\${platform##*/}.json"
    scan candidate "\${platform##*/}"
  done
}
push_each() {
  parts=()
  for platform in \${PLATFORMS//,/ }; do
    build_several "$platform" --output "type=image,name=$REPOSITORY_URI,push-by-digest=true,name-canonical=true,push=true"
    if [ "$(jq -r '."containerimage.config.digest" // "nothing"' "/tmp/scanned-\${platform##*/}.json")" != "$(jq -r '."containerimage.config.digest"' /tmp/built.json)" ]; then
      echo "what was built for $platform is not what was scanned: it gets no tag" >&2
      return 1
    fi
    parts+=("$REPOSITORY_URI@$(jq -r '."containerimage.digest"' /tmp/built.json)")
  done
  docker buildx imagetools create --tag "$REPOSITORY_URI:$IMAGE_TAG" "\${parts[@]}"
}
build_and_push() {
  case "$PLATFORMS" in
    *,*)
      build_each
      push_each
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

/**
 * The same scan for an image that was built elsewhere. Docker keeps one image under a digest: that of an index can't be pulled for a second
 * architecture, so each is pulled by its own.
 */
export const SCAN_PUSHED_IMAGE = `
(
set -euo pipefail
${SCAN}
${SIGN_IN}
aws ecr batch-get-image --repository-name "$REPOSITORY_NAME" --image-ids "imageDigest=$IMAGE_DIGEST" --accepted-media-types ${MEDIA_TYPES} --query 'images[0].imageManifest' --output text > /tmp/pushed.json
digest_for() {
  case "$(jq -r 'has("manifests")' /tmp/pushed.json) $PLATFORMS" in
    true*) jq -r --arg architecture "$1" '[.manifests[] | select(.platform.os == "linux" and .platform.architecture == $architecture)][0].digest // ""' /tmp/pushed.json ;;
    *,*) ;;
    *) echo "$IMAGE_DIGEST" ;;
  esac
}
sign_in
for platform in \${PLATFORMS//,/ }; do
  digest="$(digest_for "\${platform##*/}")"
  if [ -z "$digest" ]; then
    echo "the image $IMAGE_DIGEST is not for $platform, which a service needs" >&2
    exit 1
  fi
  docker pull --platform "$platform" "$REPOSITORY_URI@$digest"
  scan "$REPOSITORY_URI@$digest" "\${platform##*/}"
done
)
`.trim();
