#!/usr/bin/env bash
# Releases the images of a commit without a pipeline: starts a Release and waits for its end.
# Usage: release.sh [REPOSITORY...]. Without a repository, what `cdk deploy` changed in the tasks goes live.
# STATE_MACHINE_ARN is the state machine of the release, and COMMIT_ID the tag of the images.
# Ending this script does not stop the release: RollbackCommand does.
set -euo pipefail

# Signs in by the token of the CI service for as long as a release takes, which maxSessionDuration of the role allows. GitHub's action has done so already.
if [ -n "${AWS_WEB_IDENTITY_TOKEN_FILE:-}" ]; then
  credentials="$(aws sts assume-role-with-web-identity --role-arn "$AWS_ROLE_ARN" --role-session-name release \
    --web-identity-token "$(cat "$AWS_WEB_IDENTITY_TOKEN_FILE")" --duration-seconds "${SESSION_SECONDS:-14400}" --output json)"
  AWS_ACCESS_KEY_ID="$(jq -r .Credentials.AccessKeyId <<< "$credentials")"
  AWS_SECRET_ACCESS_KEY="$(jq -r .Credentials.SecretAccessKey <<< "$credentials")"
  AWS_SESSION_TOKEN="$(jq -r .Credentials.SessionToken <<< "$credentials")"
  export AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN
  unset AWS_WEB_IDENTITY_TOKEN_FILE
fi

if [ "$#" -gt 0 ] && [ -z "${COMMIT_ID:-}" ]; then
  echo "COMMIT_ID is not set: it is the tag of the images" >&2
  exit 2
fi
input="$(jq -cn --arg tag "${COMMIT_ID:-}" '{ images: ([$ARGS.positional[] | { (.): $tag }] | add // {}) }' --args -- "$@")"
execution="$(aws stepfunctions start-execution --state-machine-arn "$STATE_MACHINE_ARN" --input "$input" \
  --query executionArn --output text)"
echo "started $execution with $input"

# A look that fails is repeated: the release goes on meanwhile.
failed_looks=0
while true; do
  sleep "${INTERVAL_SECONDS:-20}"
  if ! state="$(aws stepfunctions describe-execution --execution-arn "$execution" --output json)"; then
    failed_looks=$((failed_looks + 1))
    if [ "$failed_looks" -ge 30 ]; then
      echo "the state of $execution can not be read: the release goes on, and notifies of its end" >&2
      exit 2
    fi
    continue
  fi
  failed_looks=0
  case "$(jq -r .status <<< "$state")" in
    RUNNING | PENDING_REDRIVE) ;;
    SUCCEEDED)
      echo "released"
      exit 0
      ;;
    FAILED)
      jq -r '"failed: \(.error // "no error")\n\(.cause // "no cause")"' <<< "$state" >&2
      exit 1
      ;;
    *)
      echo "stopped: another execution rolls back what it has left, and notifies of the outcome" >&2
      exit 1
      ;;
  esac
done
