#!/usr/bin/env bash
# Builds, scans and pushes an image. The CodeBuild projects of the library run the same script
# (src/delivery/pipeline/build/build-script.ts). UPDATE_EXAMPLES=1 npx jest test/examples/ci.test.ts writes this file.
set -euo pipefail
if printf '%s' "${COMMIT_ID:-}" | grep -Eq '^[0-9a-f]{40}$'; then
  IMAGE_TAG="$COMMIT_ID"
else
  IMAGE_TAG="$(find . -type f -not -path './.git/*' -print0 | LC_ALL=C sort -z | xargs -0 sha256sum | sha256sum | cut -c1-40)"
fi
IMAGE_TAG="$IMAGE_TAG${VARIANT:+-$VARIANT}"
export IMAGE_TAG
echo "tag: $IMAGE_TAG"
(
set -euo pipefail

scan_folder="${SCAN_FOLDER:-/tmp/scan}"
accept_findings() {
  ignored=()
  if [ -n "${ACCEPTED_FINDINGS:-}" ]; then
    jq -r --arg today "$(date -u +%F)" '.[] | select(.until < $today) | "the acceptance of \(.id) ended on \(.until), and the finding counts again. It was accepted because: \(.reason)"' \
      <<< "$ACCEPTED_FINDINGS" || return 1
    jq --arg today "$(date -u +%F)" '[.[] | select(.until >= $today) | {id, statement: .reason}] | {vulnerabilities: ., secrets: .}' <<< "$ACCEPTED_FINDINGS" > "$scan_folder/accepted.yaml" || return 1
    ignored=(--ignorefile /scan/accepted.yaml)
  fi
}
decide() { trivy --severity HIGH,CRITICAL --exit-code 1 "${ignored[@]}" "$@"; }
decide_all() {
  case "${UNFIXED_FINDINGS:-libraries}" in
    stop) decide ;;
    accept) decide --ignore-unfixed ;;
    *)
      found_any=0
      decide --pkg-types library || found_any=1
      decide --scanners vuln --pkg-types os --ignore-unfixed || found_any=1
      return "$found_any"
      ;;
  esac
}
scan() {
  mkdir -p "$scan_folder/reports" "$scan_folder/cache" || return 1
  docker save --output "$scan_folder/image.tar" "$1" || return 1
  databases=()
  if [ -n "${TRIVY_DATABASE:-}" ]; then databases+=(--db-repository "$TRIVY_DATABASE"); fi
  if [ -n "${TRIVY_JAVA_DATABASE:-}" ]; then databases+=(--java-db-repository "$TRIVY_JAVA_DATABASE"); fi
  trivy() { docker run --rm --volume "$scan_folder:/scan" --volume "$scan_folder/cache:/cache" "$TRIVY_IMAGE" --cache-dir /cache image --input /scan/image.tar "${databases[@]}" "$@"; }
  accept_findings || return 1
  trivy --format template --template @/contrib/junit.tpl --output "/scan/reports/$2.xml" || return 1
  if ! decide_all; then
    echo "findings of HIGH or CRITICAL in $2: nothing is released. Update the package or the base image, or accept a finding until a date by AcceptedFinding.of()" >&2
    return 1
  fi
}

sign_in() {
  ( set -o pipefail
    aws ecr get-login-password | docker login --username AWS --password-stdin "${REPOSITORY_URI%%/*}" )
}

digest_for() {
  case "$(jq -r 'has("manifests")' /tmp/pushed.json) $PLATFORMS" in
    true*) jq -r --arg architecture "$1" '[.manifests[] | select(.platform.os == "linux" and .platform.architecture == $architecture)][0].digest // ""' /tmp/pushed.json ;;
    *,*) ;;
    *) echo "$2" ;;
  esac
}
scan_in_registry() {
  aws ecr batch-get-image --repository-name "$REPOSITORY_NAME" --image-ids "imageDigest=$1" --accepted-media-types application/vnd.oci.image.index.v1+json application/vnd.docker.distribution.manifest.list.v2+json application/vnd.oci.image.manifest.v1+json application/vnd.docker.distribution.manifest.v2+json --query 'images[0].imageManifest' --output text > /tmp/pushed.json || return 1
  sign_in || return 1
  for platform in ${PLATFORMS//,/ }; do
    digest="$(digest_for "${platform##*/}" "$1")" || return 1
    if [ -z "$digest" ]; then
      echo "the image $1 is not for $platform, which a service needs" >&2
      return 1
    fi
    docker pull --platform "$platform" "$REPOSITORY_URI@$digest" || return 1
    scan "$REPOSITORY_URI@$digest" "${2:-}${platform##*/}" || return 1
  done
}

tag_also() {
  aws ecr batch-get-image --repository-name "$REPOSITORY_NAME" --image-ids "imageTag=$IMAGE_TAG" --accepted-media-types \
    application/vnd.oci.image.index.v1+json application/vnd.docker.distribution.manifest.list.v2+json application/vnd.oci.image.manifest.v1+json application/vnd.docker.distribution.manifest.v2+json --query 'images[0]' --output json > /tmp/image.json
  jq -j .imageManifest /tmp/image.json > /tmp/manifest.json
  if said="$(aws ecr put-image --repository-name "$REPOSITORY_NAME" --image-tag "$1" --image-manifest file:///tmp/manifest.json \
    --image-manifest-media-type "$(jq -r .imageManifestMediaType /tmp/image.json)" 2>&1)"; then
    echo "also tagged $1"
  else
    case "$said" in
      *ImageAlreadyExistsException*) echo "has the tag $1 already" ;;
      *ImageTagAlreadyExistsException*) echo "the tag $1 is another image's for good: it stays there" ;;
      *) echo "$said" >&2; return 1 ;;
    esac
  fi
}

export BUILDX_NO_DEFAULT_ATTESTATIONS=1
create_builder() {
  docker buildx create --name several --driver docker-container --driver-opt "image=$BUILDKIT_IMAGE"
}
build_one() { docker build --pull --platform "$PLATFORMS" --file "$DOCKERFILE" "${arguments[@]}" "${secrets[@]}" --tag candidate "$DIRECTORY"; }
build_several() {
  docker buildx build --builder several --platform "$1" --file "$DOCKERFILE" "${arguments[@]}" "${secrets[@]}" --metadata-file /tmp/built.json "${@:2}" "$DIRECTORY"
}
build_candidate() {
  cache=()
  if [ -n "${LAYER_CACHE:-}" ]; then
    layers="type=registry,ref=$LAYER_CACHE:${VARIANT:+$VARIANT-}${1##*/}"
    written="$layers,mode=max,image-manifest=true,oci-mediatypes=true,ignore-error=true"
    cache=(--cache-from "$layers" --cache-to "$written")
  fi
  build_several "$1" --pull --load --tag candidate "${cache[@]}"
}
build_each() {
  docker run --privileged --rm "$BINFMT_IMAGE" --install all
  create_builder
  for platform in ${PLATFORMS//,/ }; do
    build_candidate "$platform"
    cp /tmp/built.json "/tmp/scanned-${platform##*/}.json"
    scan candidate "${platform##*/}"
  done
}
push_each() {
  parts=()
  for platform in ${PLATFORMS//,/ }; do
    build_several "$platform" --output "type=image,name=$REPOSITORY_URI,push-by-digest=true,name-canonical=true,push=true"
    if [ "$(jq -r '."containerimage.config.digest" // "nothing"' "/tmp/scanned-${platform##*/}.json")" != "$(jq -r '."containerimage.config.digest"' /tmp/built.json)" ]; then
      echo "what was built for $platform is not what was scanned: it gets no tag" >&2
      return 1
    fi
    parts+=("$REPOSITORY_URI@$(jq -r '."containerimage.digest"' /tmp/built.json)")
  done
  docker buildx imagetools create --tag "$REPOSITORY_URI:$IMAGE_TAG" "${parts[@]}"
}
build_and_push() {
  case "$PLATFORMS" in
    *,*)
      build_each
      push_each
      ;;
    *)
      if [ -n "${LAYER_CACHE:-}" ]; then
        create_builder
        build_candidate "$PLATFORMS"
      else
        build_one
      fi
      scan candidate "${PLATFORMS##*/}"
      docker tag candidate "$REPOSITORY_URI:$IMAGE_TAG"
      docker push "$REPOSITORY_URI:$IMAGE_TAG"
      ;;
  esac
}

version=""
file="${VERSION_FILE:-$DIRECTORY/package.json}"
if [ -n "${VERSION_FILE:-}" ] || [ -f "$file" ]; then
  case "$file" in
    *.json) version="$(jq -r '.version // empty' "$file")" ;;
    *) version="$(head -n 1 "$file" | tr -d '[:space:]')" ;;
  esac
fi
if [ -n "$version" ] && ! printf '%s' "$version" | grep -Eq '^[0-9]+[.][0-9]+[.][0-9]+(-[0-9A-Za-z.-]+)?$'; then
  echo "the version in $file is no semantic version that can be a tag: $version" >&2
  exit 1
fi
if [ -n "${VERSION_FILE:-}" ] && [ -z "$version" ]; then
  echo "there is no version in $file" >&2
  exit 1
fi

content_tag() {
  read -r -a paths <<< "$PATHS"
  for path in "${paths[@]}" "$DOCKERFILE"; do
    if [ ! -e "$path" ]; then echo "there is no $path in the sources" >&2; return 1; fi
  done
  { printf '%s\n' "$DIRECTORY" "$DOCKERFILE" "$PLATFORMS" "${VARIANT:-}" "${BUILD_ARGUMENTS:-}"
    find "${paths[@]}" "$DOCKERFILE" -type f -print0 | LC_ALL=C sort -zu | xargs -0 sha256sum; } | sha256sum | cut -c1-40 | sed 's/^/content-/'
}
content_of() { if [ "$1" -eq 1 ]; then echo "$made_of"; else echo "$made_of-$1"; fi; }
find_content() {
  made_of="$(content_tag)"
  renewal=1
  while exists "$made_of-$((renewal + 1))"; do renewal=$((renewal + 1)); done
  content="$(content_of "$renewal")"
}
tags_of() {
  aws ecr describe-images --repository-name "$REPOSITORY_NAME" --image-ids "imageTag=$1" --query 'imageDetails[0].imageTags' --output text
}
carry_on() {
  for tag in $(tags_of "$content"); do
    if printf '%s' "$tag" | grep -Eq "^[0-9a-f]{40}${VARIANT:+-$VARIANT}$"; then
      echo "nothing in $PATHS has changed since $tag"
      IMAGE_TAG="$tag"
      return 0
    fi
  done
  return 1
}

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
  aws ecr describe-images --repository-name "$REPOSITORY_NAME" --image-ids "imageTag=$1" --query 'imageDetails[0].imageDigest' --output text
}
scan_existing() {
  found="$(digest_of "$1")" || return 1
  scan_in_registry "$found"
}
arguments=(--label "org.opencontainers.image.revision=$IMAGE_TAG")
while IFS= read -r argument; do
  if [ -n "$argument" ]; then arguments+=(--build-arg "$argument"); fi
done <<< "${BUILD_ARGUMENTS:-}"
secrets=()
for name in ${BUILD_SECRETS:-}; do secrets+=(--secret "id=$name,env=$name"); done
for file in /tmp/registries/*; do
  if [ -f "$file" ]; then secrets+=(--secret "id=${file##*/},src=$file"); fi
done
commit_tag="$IMAGE_TAG"
content=""
if [ -n "${PATHS:-}" ]; then
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
if [ -n "$version" ]; then tag_also "$version${VARIANT:+-$VARIANT}"; fi
if [ -n "$content" ]; then tag_also "$content"; fi
if [ -n "${MOVING_TAG:-}" ]; then tag_also "$MOVING_TAG"; fi
printf '%s' "$IMAGE_TAG" > /tmp/image-tag
printf '%s' "$found" > /tmp/image-digest
)
