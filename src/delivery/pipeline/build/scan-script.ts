/** Shell of the scan, which builds, scans of pushed images and the weekly scan share. */

/** Directory of the scan reports that CodeBuild uploads. */
export const SCAN_REPORTS = '/tmp/scan/reports';
const SCAN_FOLDER = '/tmp/scan';

/** Media types of images, for one architecture or several. */
export const MEDIA_TYPES = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
].join(' ');

/**
 * Scans an image by Trivy. The first run writes the complete report, the others fail on findings.
 *
 * Trivy gets the image as a file, and no access to the Docker daemon, to credentials or to the sources. The malware of
 * CVE-2026-33634 read the credentials of its host. An accepted finding counts again on the day after its date, which is
 * judged here, when the build runs. The functions return what fails, because callers decide what follows.
 */
export const SCAN = `
scan_folder="\${SCAN_FOLDER:-${SCAN_FOLDER}}"
accept_findings() {
  ignored=()
  if [ -n "\${ACCEPTED_FINDINGS:-}" ]; then
    jq -r --arg today "$(date -u +%F)" '.[] | select(.until < $today) | \
"the acceptance of \\(.id) ended on \\(.until), and the finding counts again. It was accepted because: \\(.reason)"' \\
      <<< "$ACCEPTED_FINDINGS" || return 1
    jq --arg today "$(date -u +%F)" '[.[] | select(.until >= $today) | {id, statement: .reason}] | \
{vulnerabilities: ., secrets: .}' <<< "$ACCEPTED_FINDINGS" > "$scan_folder/accepted.yaml" || return 1
    ignored=(--ignorefile /scan/accepted.yaml)
  fi
}
decide() { trivy --severity HIGH,CRITICAL --exit-code 1 "\${ignored[@]}" "$@"; }
decide_all() {
  case "\${UNFIXED_FINDINGS:-libraries}" in
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
  if [ -n "\${TRIVY_DATABASE:-}" ]; then databases+=(--db-repository "$TRIVY_DATABASE"); fi
  if [ -n "\${TRIVY_JAVA_DATABASE:-}" ]; then databases+=(--java-db-repository "$TRIVY_JAVA_DATABASE"); fi
  trivy() { docker run --rm --volume "$scan_folder:/scan" \
--volume "$scan_folder/cache:/cache" "$TRIVY_IMAGE" --cache-dir /cache image --input /scan/image.tar \
"\${databases[@]}" "$@"; }
  accept_findings || return 1
  trivy --format template --template @/contrib/junit.tpl --output "/scan/reports/$2.xml" || return 1
  if ! decide_all; then
    echo "findings of HIGH or CRITICAL in $2: nothing is released. Update the package or the base image, \
or accept a finding until a date by AcceptedFinding.of()" >&2
    return 1
  fi
}`;

/** Signs in to the registry of an image. */
export const SIGN_IN = `
sign_in() {
  ( set -o pipefail
    aws ecr get-login-password | docker login --username AWS --password-stdin "\${REPOSITORY_URI%%/*}" )
}`;

/**
 * Scans an image in the registry by its digest.
 *
 * Docker stores one image for each digest, so that the digest of an index can't be pulled for a second architecture.
 * Each architecture is pulled by its own digest.
 */
export const SCAN_IN_REGISTRY = `
digest_for() {
  case "$(jq -r 'has("manifests")' /tmp/pushed.json) $PLATFORMS" in
    true*) jq -r --arg architecture "$1" \
'[.manifests[] | select(.platform.os == "linux" and \
.platform.architecture == $architecture)][0].digest // ""' /tmp/pushed.json ;;
    *,*) ;;
    *) echo "$2" ;;
  esac
}
scan_in_registry() {
  aws ecr batch-get-image --repository-name "$REPOSITORY_NAME" --image-ids "imageDigest=$1" \
--accepted-media-types ${MEDIA_TYPES} \
--query 'images[0].imageManifest' --output text > /tmp/pushed.json || return 1
  sign_in || return 1
  for platform in \${PLATFORMS//,/ }; do
    digest="$(digest_for "\${platform##*/}" "$1")" || return 1
    if [ -z "$digest" ]; then
      echo "the image $1 is not for $platform, which a service needs" >&2
      return 1
    fi
    docker pull --platform "$platform" "$REPOSITORY_URI@$digest" || return 1
    scan "$REPOSITORY_URI@$digest" "\${2:-}\${platform##*/}" || return 1
  done
}`;

/** Scans an image that was pushed by another CI service. */
export const SCAN_PUSHED_IMAGE = `
(
set -euo pipefail
${SCAN}
${SIGN_IN}
${SCAN_IN_REGISTRY}
scan_in_registry "$IMAGE_DIGEST"
)
`.trim();
