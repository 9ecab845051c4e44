#!/usr/bin/env bash
# Builds, scans and pushes an image. The CodeBuild projects of the library run the same script
# (src/delivery/pipeline/build/build-script.ts). UPDATE_EXAMPLES=1 npx jest test/examples/ci.test.ts writes this file.
set -euo pipefail
if printf '%s' "${COMMIT_ID:-}" | grep -Eq '^[0-9a-f]{40}$'; then
  IMAGE_TAG="$COMMIT_ID"
else
  IMAGE_TAG="$(find . -type f -not -path './.git/*' -print0 | LC_ALL=C sort -z | xargs -0 sha256sum | sha256sum | cut -c1-40)"
fi
export IMAGE_TAG
echo "tag: $IMAGE_TAG"
(
set -euo pipefail

scan_folder="${SCAN_FOLDER:-/tmp/scan}"
scan() {
  mkdir -p "$scan_folder/reports" "$scan_folder/cache"
  docker save --output "$scan_folder/image.tar" "$1"
  trivy() { docker run --rm --volume "$scan_folder:/scan" --volume "$scan_folder/cache:/cache" "$TRIVY_IMAGE" --cache-dir /cache image --input /scan/image.tar "$@"; }
  accepted=()
  if [ -n "${ACCEPTED_FINDINGS:-}" ]; then
    cp "$ACCEPTED_FINDINGS" "$scan_folder/accepted"
    accepted=(--ignorefile /scan/accepted)
  fi
  trivy --format template --template @/contrib/junit.tpl --output "/scan/reports/$2.xml"
  if ! trivy --severity HIGH,CRITICAL --exit-code 1 "${accepted[@]}"; then
    echo "findings of HIGH or CRITICAL in $2: nothing is pushed" >&2
    return 1
  fi
}

sign_in() { aws ecr get-login-password | docker login --username AWS --password-stdin "${REPOSITORY_URI%%/*}"; }

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
build_one() { docker build --pull --platform "$PLATFORMS" --file "$DOCKERFILE" "${arguments[@]}" "${secrets[@]}" --tag candidate "$DIRECTORY"; }
build_several() {
  docker buildx build --builder several --platform "$1" --file "$DOCKERFILE" "${arguments[@]}" "${secrets[@]}" --metadata-file /tmp/built.json "${@:2}" "$DIRECTORY"
}
build_each() {
  docker run --privileged --rm "$BINFMT_IMAGE" --install all
  docker buildx create --name several --driver docker-container --driver-opt "image=$BUILDKIT_IMAGE"
  for platform in ${PLATFORMS//,/ }; do
    build_several "$platform" --pull --load --tag candidate
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
      build_one
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
arguments=(--label "org.opencontainers.image.revision=$IMAGE_TAG")
while IFS= read -r argument; do
  if [ -n "$argument" ]; then arguments+=(--build-arg "$argument"); fi
done <<< "${BUILD_ARGUMENTS:-}"
secrets=()
for name in ${BUILD_SECRETS:-}; do secrets+=(--secret "id=$name,env=$name"); done
for file in /tmp/registries/*; do
  if [ -f "$file" ]; then secrets+=(--secret "id=${file##*/},src=$file"); fi
done
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
if [ -n "${MOVING_TAG:-}" ]; then tag_also "$MOVING_TAG"; fi
)
