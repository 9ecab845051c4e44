import { REGISTRIES } from './registry-script';
import { MEDIA_TYPES, SCAN, SCAN_IN_REGISTRY, SIGN_IN } from './scan-script';

/**
 * Shell scripts of the builds, for bash in CodeBuild. Tests run them with fakes of `docker` and `aws` on the PATH.
 *
 * Each script is one command of a buildspec. Variables that one exports are visible in the next ones. A single
 * backslash at the end of a line joins two lines of source to one line of shell.
 */

/**
 * Exports the tag of the image to build.
 *
 * The tag is the commit, with the name of the variant. An archive in S3 has no commit, so a digest of its files is the
 * tag. Where an image of the same content exists, its tag is carried on.
 */
export const NAME_BUILT_IMAGE = `
if printf '%s' "\${COMMIT_ID:-}" | grep -Eq '^[0-9a-f]{40}$'; then
  IMAGE_TAG="$COMMIT_ID"
else
  IMAGE_TAG="$(find . -type f -not -path './.git/*' -print0 | LC_ALL=C sort -z | \
xargs -0 sha256sum | sha256sum | cut -c1-40)"
fi
IMAGE_TAG="$IMAGE_TAG\${VARIANT:+-$VARIANT}"
export IMAGE_TAG
echo "tag: $IMAGE_TAG"
`.trim();

/** Exports tag and digest of the image that was built, or that exists and passed the scan. */
export const EXPORT_IMAGE = `
IMAGE_TAG="$(cat /tmp/image-tag)" && IMAGE_DIGEST="$(cat /tmp/image-digest)" && export IMAGE_TAG IMAGE_DIGEST
echo "image: $IMAGE_TAG $IMAGE_DIGEST"
test -n "$IMAGE_TAG" -a -n "$IMAGE_DIGEST"
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
create_builder() {
  docker buildx create --name several --driver docker-container --driver-opt "image=$BUILDKIT_IMAGE"
}
build_one() { docker build --pull --platform "$PLATFORMS" --file "$DOCKERFILE" \
"\${arguments[@]}" "\${secrets[@]}" --tag candidate "$DIRECTORY"; }
build_several() {
  docker buildx build --builder several --platform "$1" --file "$DOCKERFILE" \
"\${arguments[@]}" "\${secrets[@]}" --metadata-file /tmp/built.json "\${@:2}" "$DIRECTORY"
}
build_candidate() {
  cache=()
  if [ -n "\${LAYER_CACHE:-}" ]; then
    layers="type=registry,ref=$LAYER_CACHE:\${VARIANT:+$VARIANT-}\${1##*/}"
    written="$layers,mode=max,image-manifest=true,oci-mediatypes=true,ignore-error=true"
    cache=(--cache-from "$layers" --cache-to "$written")
  fi
  build_several "$1" --pull --load --tag candidate "\${cache[@]}"
}
build_each() {
  docker run --privileged --rm "$BINFMT_IMAGE" --install all
  create_builder
  for platform in \${PLATFORMS//,/ }; do
    build_candidate "$platform"
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
      if [ -n "\${LAYER_CACHE:-}" ]; then
        create_builder
        build_candidate "$PLATFORMS"
      else
        build_one
      fi
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

/**
 * Tag of the content: a digest of the files that the image is made of, and of what the build is told.
 *
 * A commit that changes none of them gets the image that has the tag. The tag stays at its image, so an image that is
 * built anew has the next number behind it, and the last number counts.
 */
const CONTENT = `
content_tag() {
  read -r -a paths <<< "$PATHS"
  for path in "\${paths[@]}" "$DOCKERFILE"; do
    if [ ! -e "$path" ]; then echo "there is no $path in the sources" >&2; return 1; fi
  done
  { printf '%s\\n' "$DIRECTORY" "$DOCKERFILE" "$PLATFORMS" "\${VARIANT:-}" "\${BUILD_ARGUMENTS:-}"
    find "\${paths[@]}" "$DOCKERFILE" -type f -print0 | LC_ALL=C sort -zu | xargs -0 sha256sum; } | \
sha256sum | cut -c1-40 | sed 's/^/content-/'
}
content_of() { if [ "$1" -eq 1 ]; then echo "$made_of"; else echo "$made_of-$1"; fi; }
find_content() {
  made_of="$(content_tag)"
  renewal=1
  while exists "$made_of-$((renewal + 1))"; do renewal=$((renewal + 1)); done
  content="$(content_of "$renewal")"
}
tags_of() {
  aws ecr describe-images --repository-name "$REPOSITORY_NAME" --image-ids "imageTag=$1" \
--query 'imageDetails[0].imageTags' --output text
}
carry_on() {
  for tag in $(tags_of "$content"); do
    if printf '%s' "$tag" | grep -Eq "^[0-9a-f]{40}\${VARIANT:+-$VARIANT}\$"; then
      echo "nothing in $PATHS has changed since $tag"
      IMAGE_TAG="$tag"
      return 0
    fi
  done
  return 1
}`;

/** True where an image has a tag. An answer that is neither yes nor no ends the build. */
const EXISTS = `
exists() {
  if said="$(aws ecr describe-images --repository-name "$REPOSITORY_NAME" --image-ids "imageTag=$1" 2>&1)"; then
    return 0
  fi
  case "$said" in
    *ImageNotFoundException*) return 1 ;;
    *) echo "$said" >&2; exit 1 ;;
  esac
}
digest_of() {
  aws ecr describe-images --repository-name "$REPOSITORY_NAME" --image-ids "imageTag=$1" \
--query 'imageDetails[0].imageDigest' --output text
}
scan_existing() {
  found="$(digest_of "$1")" || return 1
  scan_in_registry "$found"
}`;

/**
 * Builds, scans and pushes an image. A finding stops the push.
 *
 * A tag is no proof of a scan, so that an image that exists is scanned as it is. One whose content is unchanged, but
 * which no longer passes, is built anew: its base image may be better by now.
 */
export const BUILD_SCAN_PUSH = `
(
set -euo pipefail
${SCAN}
${SIGN_IN}
${SCAN_IN_REGISTRY}
${TAG_ALSO}
${BUILD}
${READ_VERSION}
${CONTENT}
${EXISTS}
arguments=(--label "org.opencontainers.image.revision=$IMAGE_TAG")
while IFS= read -r argument; do
  if [ -n "$argument" ]; then arguments+=(--build-arg "$argument"); fi
done <<< "\${BUILD_ARGUMENTS:-}"
${SECRETS}
commit_tag="$IMAGE_TAG"
content=""
if [ -n "\${PATHS:-}" ]; then
  find_content
  if ! exists "$commit_tag" && exists "$content"; then carry_on || true; fi
fi
ready=""
if exists "$IMAGE_TAG"; then
  echo "$REPOSITORY_NAME:$IMAGE_TAG was pushed before, and is scanned as it is"
  if scan_existing "$IMAGE_TAG"; then
    ready=yes
  elif [ "$IMAGE_TAG" = "$commit_tag" ]; then
    exit 1
  else
    echo "it is built anew, because an image of the same content no longer passes the scan"
    IMAGE_TAG="$commit_tag"
    content="$(content_of "$((renewal + 1))")"
  fi
fi
if [ -z "$ready" ]; then
  sign_in
  build_and_push
  found="$(digest_of "$IMAGE_TAG")"
fi
if [ -n "$version" ]; then tag_also "$version\${VARIANT:+-$VARIANT}"; fi
if [ -n "$content" ]; then tag_also "$content"; fi
if [ -n "\${MOVING_TAG:-}" ]; then tag_also "$MOVING_TAG"; fi
printf '%s' "$IMAGE_TAG" > /tmp/image-tag
printf '%s' "$found" > /tmp/image-digest
)
`.trim();
