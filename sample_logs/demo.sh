#!/bin/sh
# Audits the sample estate beside this file with the program $1; succeeds if that finds what needs attention.
set -u
program=$1
estate=$(dirname "$0")/cloudbees-cd
out=build/demo
mkdir -p build
"$program" audit "$estate/logs" \
    --zip-password "$estate/logs/support-bundle.password" \
    --store "$estate/store/commander.sqlite" \
    --key "$estate/keys" \
    --owners "$estate/owners.csv" \
    --out "$out"
code=$?
[ "$code" = 10 ] || { echo "error: the audit of the samples ended with $code, not with 10" >&2; exit 1; }
echo "Open $(pwd)/$out/report.html in a browser."
