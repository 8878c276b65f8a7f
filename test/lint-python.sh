#!/usr/bin/env bash
# Lints, formats and types the project's Python. The pinned tools are installed on first use into a folder named by what is
# pinned, as the lab's emulator is; that needs python3 with its venv module and the package index.
set -euo pipefail
cd "$(dirname "$0")/.."

pins=test/lint-python.txt
home="${XDG_CACHE_HOME:-$HOME/.cache}/cdktf-swarm/lint-python-$(sha256sum "$pins" | cut -c 1-12)"
if [ ! -d "$home" ]; then
  unfinished="$home.$$"
  trap 'rm -rf "$unfinished"' EXIT
  mkdir -p "$(dirname "$home")"
  python3 -m venv "$unfinished"
  "$unfinished/bin/python" -m pip install --disable-pip-version-check --quiet --requirement "$pins"
  # Somebody else may have been quicker: theirs is as good.
  mv --no-target-directory "$unfinished" "$home" 2>/dev/null || [ -d "$home" ]
fi

python="$home/bin/python"
mapfile -t files < <(git ls-files --cached --others --exclude-standard '*.py' | sort -u)
failed=0
"$python" -m ruff check --quiet "${files[@]}" || failed=1
"$python" -m ruff format --quiet --check "${files[@]}" || failed=1
"$python" -m mypy --no-error-summary "${files[@]}" || failed=1
exit "$failed"
