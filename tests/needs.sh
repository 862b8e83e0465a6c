#!/bin/sh
# Installs the programs that tests call, where it has the rights; otherwise says which are missing.
# With `rivals` also those that benches measure against.
set -eu

# program:package, as Debian 12 and later name them
needed="7z:p7zip-full zip:zip unzip:unzip zstd:zstd bzip2:bzip2 xz:xz-utils gzip:gzip openssl:openssl
        mariadbd:mariadb-server chromium:chromium chromedriver:chromium-driver sqlite3:sqlite3 strace:strace
        sshd:openssh-server ssh-keygen:openssh-client"

[ "${1:-}" = rivals ] && needed="$needed rg:ripgrep ugrep:ugrep igzip:isal"

missing="" packages=""
for pair in $needed; do
    program=${pair%%:*} package=${pair#*:}
    command -v "$program" >/dev/null || [ -x "/usr/sbin/$program" ] || {
        missing="$missing $program" packages="$packages $package"
    }
done
ls /usr/lib/postgresql/*/bin/postgres >/dev/null 2>&1 || command -v postgres >/dev/null || {
    missing="$missing postgres" packages="$packages postgresql"
}
[ -z "$missing" ] && exit 0

if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "installing what the tests call:$packages" >&2
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq
    # A policy that starts no service: the tests start servers of their own, as an ordinary user.
    policy=/usr/sbin/policy-rc.d
    if [ ! -e "$policy" ]; then
        printf '#!/bin/sh\nexit 101\n' > "$policy"
        chmod 755 "$policy"
        trap 'rm -f "$policy"' EXIT
    fi
    # shellcheck disable=SC2086 # a list of packages
    apt-get install -y -qq --no-install-recommends $packages >/dev/null
else
    echo "warning: these programs are missing, and the tests that call them will say so:$missing" >&2
    echo "hint: apt-get install$packages" >&2
fi
