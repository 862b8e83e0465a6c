#!/bin/sh
# Audits the sample estates beside this file with the program $1; succeeds if that finds what needs attention.
set -u
program=$1
here=$(dirname "$0")
mkdir -p build

audited() {
    run=$1
    shift
    "$program" audit "$@" --out "$run"
    code=$?
    [ "$code" = 10 ] || { echo "error: the audit of the samples ended with $code, not with 10" >&2; exit 1; }
    echo "Open $(pwd)/$run/report.html in a browser."
}

estate=$here/cloudbees-cd
audited build/demo "$estate/logs" \
    --zip-password "$estate/logs/support-bundle.password" \
    --store "$estate/store/commander.sqlite" \
    --store "$estate/store/imported-2017.xml" \
    --key "$estate/keys" \
    --owners "$estate/owners.csv"

estate=$here/octopus
audited build/demo-octopus "$estate/logs" \
    --store "$estate/store/octopus.sqlite" \
    --key "heron=$estate/keys/octo-heron/Server.linux.config" \
    --key "before=$estate/keys/before.txt" \
    --key "wren=$estate/keys/octo-wren/Server.linux.config" \
    --rotation-report "$estate/rotation-report.txt" \
    --owners "$estate/owners.csv"
