#!/usr/bin/env bash
# Shows the infrastructure diff of a change without an AWS account: synthesizes both versions and compares their templates.
# Usage: infrastructure-diff.sh FOLDER_BEFORE FOLDER_AFTER, each with the CDK app of one branch.
set -euo pipefail
before="$(cd "$1" && pwd)"
after="$(cd "$2" && pwd)"
empty="$(mktemp)"
echo '{}' > "$empty"
for folder in "$before" "$after"; do
  (cd "$folder" && npm ci --ignore-scripts && npx cdk synth --quiet)
done
cd "$after"
for template in cdk.out/*.template.json; do
  stack="$(basename "$template" .template.json)"
  old="$before/cdk.out/$stack.template.json"
  if [ ! -f "$old" ]; then old="$empty"; fi
  echo "$stack"
  npx cdk diff --app cdk.out --template "$old" "$stack"
done
for template in "$before"/cdk.out/*.template.json; do
  stack="$(basename "$template" .template.json)"
  if [ ! -f "cdk.out/$stack.template.json" ]; then echo "$stack is not part of the app any more: it stays until it is destroyed"; fi
done
