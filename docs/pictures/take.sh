#!/bin/sh
# Takes the pictures of this folder anew, out of an example portfolio in a temporary folder: `make pictures`.
# Needs chromium and pdftoppm (Debian: chromium, poppler-utils).
set -eu

bin=$(cd "$(dirname "$0")/../.." && pwd)/.venv/bin
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

"$bin/python" -c "
import sys
from datetime import date
from pathlib import Path
from examples.portfolio import generate
generate(Path(sys.argv[1]), date(2026, 11, 1))" "$work"

preview() { # TENANT ROLE: the files of one report
    "$bin/quarterdeck" preview "$1" "$2" 2026-10 --config "$work/portfolio.yaml" >/dev/null
}

page() { # TENANT ROLE HEIGHT: the beginning of a report's page, as wide as a mail is read
    preview "$1" "$2"
    chromium --headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking \
        --disable-component-update --disable-sync --hide-scrollbars --user-data-dir="$work/browser" \
        --force-device-scale-factor=1.3 --window-size="640,$3" --screenshot="$here/$2.png" \
        "file://$work/.quarterdeck/preview/$1_$2_2026-10.html" 2>/dev/null
}

page jada cfo 1217
page portfolio ceo 1212
pdftoppm -png -singlefile -r 90 -f 1 -l 1 "$work/.quarterdeck/preview/jada_cfo_2026-10.pdf" "$here/pdf"
