import { REGISTRIES } from './registry-script';

/**
 * Shell scripts of the builds, for bash in CodeBuild. Tests run them with fakes of `docker` and `aws` on the PATH.
 *
 * Each script is one command of a buildspec. Variables that one exports are visible in the next ones. A single
 * backslash at the end of a line joins two lines of source to one line of shell.
 */

/** Directory of the scan reports that CodeBuild uploads. */
export const SCAN_REPORTS = '/tmp/scan/reports';
const SCAN_FOLDER = '/tmp/scan';

/**
 * Exports the tag of the image to build.
 *
 * The tag is the commit. An archive in S3 has none, so a digest of its files is the tag.
 */
export const NAME_BUILT_IMAGE = `
if printf '%s' "\${COMMIT_ID:-}" | grep -Eq '^[0-9a-f]{40}$'; then
  IMAGE_TAG="$COMMIT_ID"
else
  IMAGE_TAG="$(find . -type f -not -path './.git/*' -print0 | LC_ALL=C sort -z | \
xargs -0 sha256sum | sha256sum | cut -c1-40)"
fi
export IMAGE_TAG
echo "tag: $IMAGE_TAG"
`.trim();

/**
 * Exports the tag of a pushed image, which is found by its digest.
 *
 * The tag matches the patterns of the source. Tags that move and tags of releases (live-*) are never taken.
 */
export const NAME_PUSHED_IMAGE = `
IMAGE_TAG="$(
  set -euo pipefail
  set -f
  tags="$(aws ecr describe-images --repository-name "$REPOSITORY_NAME" --image-ids "imageDigest=$IMAGE_DIGEST" \
--query 'imageDetails[0].imageTags' --output text)"
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
 * Scans an image by Trivy. The first run writes the complete report, the second fails on findings.
 *
 * Trivy gets the image as a file, and no access to the Docker daemon, to credentials or to the sources. The malware of
 * CVE-2026-33634 read the credentials of its host.
 */
const SCAN = `
scan_folder="\${SCAN_FOLDER:-${SCAN_FOLDER}}"
scan() {
  mkdir -p "$scan_folder/reports" "$scan_folder/cache"
  docker save --output "$scan_folder/image.tar" "$1"
  trivy() { docker run --rm --volume "$scan_folder:/scan" \
--volume "$scan_folder/cache:/cache" "$TRIVY_IMAGE" --cache-dir /cache image --input /scan/image.tar "$@"; }
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

/** Adds a tag to a pushed image without a second push. An immutable tag of another image stays there. */
const TAG_ALSO = `
tag_also() {
  aws ecr batch-get-image --repository-name "$REPOSITORY_NAME" --image-ids "imageTag=$IMAGE_TAG" \
--accepted-media-types \\
    ${MEDIA_TYPES} --query 'images[0]' --output json > /tmp/image.json
  jq -j .imageManifest /tmp/image.json > /tmp/manifest.json
  if said="$(aws ecr put-image --repository-name "$REPOSITORY_NAME" --image-tag "$1" \
--image-manifest file:///tmp/manifest.json \\
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

/** Reads the version from a JSON file, or from a file with nothing else. */
const READ_VERSION = `
version=""
file="\${VERSION_FILE:-$DIRECTORY/package.json}"
if [ -n "\${VERSION_FILE:-}" ] || [ -f "$file" ]; then
  case "$file" in
    *.json) version="$(jq -r '.version // empty' "$file")" ;;
    *) version="$(head -n 1 "$file" | tr -d '[:space:]')" ;;
  esac
fi
if [ -n "$version" ] && ! printf '%s' "$version" | \
grep -Eq '^[0-9]+[.][0-9]+[.][0-9]+(-[0-9A-Za-z.-]+)?$'; then
  echo "the version in $file is no semantic version that can be a tag: $version" >&2
  exit 1
fi
if [ -n "\${VERSION_FILE:-}" ] && [ -z "$version" ]; then
  echo "there is no version in $file" >&2
  exit 1
fi`;

/**
 * Builds, scans and pushes an image for one or several architectures.
 *
 * One architecture is built natively. For several, the host emulates the others. Each image is scanned, then pushed
 * without a tag by the same builder. A tag joins them only if the pushed images are the scanned ones.
 */
const BUILD = `
export BUILDX_NO_DEFAULT_ATTESTATIONS=1
build_one() { docker build --pull --platform "$PLATFORMS" --file "$DOCKERFILE" \
"\${arguments[@]}" "\${secrets[@]}" --tag candidate "$DIRECTORY"; }
build_several() {
  docker buildx build --builder several --platform "$1" --file "$DOCKERFILE" \
"\${arguments[@]}" "\${secrets[@]}" --metadata-file /tmp/built.json "\${@:2}" "$DIRECTORY"
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
    build_several "$platform" \
--output "type=image,name=$REPOSITORY_URI,push-by-digest=true,name-canonical=true,push=true"
    if [ "$(jq -r '."containerimage.config.digest" // "nothing"' "/tmp/scanned-\${platform##*/}.json")" != \
"$(jq -r '."containerimage.config.digest"' /tmp/built.json)" ]; then
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

/** Secrets of BuildKit: variables by their name, and the files of registries by theirs. No layer has them. */
const SECRETS = `
secrets=()
for name in \${BUILD_SECRETS:-}; do secrets+=(--secret "id=$name,env=$name"); done
for file in ${REGISTRIES}/*; do
  if [ -f "$file" ]; then secrets+=(--secret "id=\${file##*/},src=$file"); fi
done`.trim();

/** Builds, scans and pushes an image. A finding stops the push, and a commit that is pushed already is not built. */
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
${SECRETS}
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
 * Scans an image that was pushed by another CI service.
 *
 * Docker stores one image for each digest, so that the digest of an index can't be pulled for a second architecture.
 * Each architecture is pulled by its own digest.
 */
export const SCAN_PUSHED_IMAGE = `
(
set -euo pipefail
${SCAN}
${SIGN_IN}
aws ecr batch-get-image --repository-name "$REPOSITORY_NAME" --image-ids "imageDigest=$IMAGE_DIGEST" \
--accepted-media-types ${MEDIA_TYPES} \
--query 'images[0].imageManifest' --output text > /tmp/pushed.json
digest_for() {
  case "$(jq -r 'has("manifests")' /tmp/pushed.json) $PLATFORMS" in
    true*) jq -r --arg architecture "$1" \
'[.manifests[] | select(.platform.os == "linux" and \
.platform.architecture == $architecture)][0].digest // ""' /tmp/pushed.json ;;
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
