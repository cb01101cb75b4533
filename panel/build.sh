#!/usr/bin/env bash
# Builds the panel (dist/) where its sources are newer than what is built, and says in one line where it cannot. ./dragoman and ./test call it before they build the gateway, which embeds what is
# there and does without what is not. Exits 0 when dist/ is as new as its sources, 1 when the build failed, 3 when Node.js is missing.
set -uo pipefail
panel="$(cd -P "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
cd "$panel" || exit 1
[ -f package.json ] || exit 0

# What a build depends on; tests are not part of it.
newer() { [ -n "$(find . \( -name node_modules -o -name dist -o -name tests \) -prune -o -type f -newer "$1" -print -quit)" ]; }

[ -f dist/index.html ] && ! newer dist/index.html && exit 0

# What Vite runs on: 20.19, 22.12, or newer.
if ! command -v node >/dev/null || ! command -v npm >/dev/null || ! node -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit((a === 20 && b >= 19) || (a === 22 && b >= 12) || a > 22 ? 0 : 1)' 2>/dev/null; then
  [ -f dist/index.html ] && state="stays as it was built before" || state="is left out"
  echo "The panel $state: to build it, install Node.js 20.19, 22.12 or newer." >&2
  exit 3
fi

log="$(mktemp)"
trap 'rm -f "$log"' EXIT
echo "Building the panel …" >&2
# npm writes down there what it has installed.
installed=node_modules/.package-lock.json
if [ ! -f "$installed" ] || [ package.json -nt "$installed" ] || [ package-lock.json -nt "$installed" ]; then
  install=ci
  [ -f package-lock.json ] || install=install
  if ! npm "$install" --no-audit --no-fund >"$log" 2>&1; then
    tail -n 20 "$log" >&2
    echo "The panel could not be built: its packages could not be fetched (above). The gateway goes on without what is new in it." >&2
    exit 1
  fi
  touch "$installed"
fi

if ! npm run --silent build >"$log" 2>&1; then
  tail -n 40 "$log" >&2
  echo "The panel could not be built (above). The gateway goes on without what is new in it." >&2
  exit 1
fi
touch dist/index.html
