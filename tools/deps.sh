#!/usr/bin/env bash
# Installs what Confab needs on Debian 12. Quick when nothing is missing; asks for root only when something is.
# usage: tools/deps.sh run|test     run = build and start; test = that, and what the test suite needs
set -euo pipefail
cd "$(dirname "$0")/.."

what=${1:-run}
run_packages=(gcc make meson ninja-build pkg-config python3
	libssl-dev libuv1-dev libwebsockets-dev libjansson-dev libjwt-dev libsodium-dev libsqlite3-dev zlib1g-dev
	libprotobuf-c-dev protobuf-c-compiler libinih-dev libcurl4-openssl-dev ca-certificates tzdata)
test_packages=(g++ groff-base ffmpeg clang-14 clang-format-14 llvm-14 libclang-rt-14-dev libcmocka-dev libsrtp2-dev
	chromium firefox-esr janus nginx-light iproute2 nftables conntrack ethtool curl openssl git fonts-dejavu-core fonts-inter fonts-noto-core fonts-noto-color-emoji)

# Packets are encrypted quicker with it, on processors that have what it needs.
[ "$(uname -m)" != x86_64 ] || run_packages+=(libipsec-mb-dev)

wanted=("${run_packages[@]}")
case $what in
run) ;;
test) wanted+=("${test_packages[@]}") ;;
*) echo "deps.sh: '$what' is not a set of packages; use run or test" >&2; exit 2 ;;
esac

# An installed Node is used as it is: Debian's npm package conflicts with other builds of Node.
command -v node >/dev/null || wanted+=(nodejs)
command -v npm >/dev/null || wanted+=(npm)

missing=()
if command -v dpkg-query >/dev/null; then
	installed=$(dpkg-query -W -f '${db:Status-Status} ${Package}\n' 2>/dev/null | sed -n 's/^installed //p')
	for package in "${wanted[@]}"; do
		grep -qxF "$package" <<<"$installed" || missing+=("$package")
	done
elif [ "$what" = run ] && pkg-config --exists openssl libuv libwebsockets jansson libjwt libsodium sqlite3 zlib libprotobuf-c 2>/dev/null; then
	echo "deps.sh: this is not Debian, but the libraries were found; going on."
else
	cat >&2 <<MESSAGE
deps.sh: this system has no dpkg, so nothing can be installed automatically (Debian 12 is supported).
Install these, or what your system calls them, and run the command again:
  ${wanted[*]}
MESSAGE
	exit 1
fi

if [ ${#missing[@]} -gt 0 ]; then
	as_root=()
	if [ "$(id -u)" != 0 ]; then
		if ! command -v sudo >/dev/null; then
			printf 'deps.sh: root is needed to install packages, and there is no sudo. As root, run:\n  apt-get install -y %s\n' "${missing[*]}" >&2
			exit 1
		fi
		echo "deps.sh: asking for root to install: ${missing[*]}"
		as_root=(sudo)
	fi
	echo "deps.sh: installing ${missing[*]}"
	# Tests start a Janus and an nginx of their own; the packages' services would listen on this machine's addresses.
	for package in janus nginx-light; do
		case " ${missing[*]} " in *" $package "*)
			[ ! -d /run/systemd/system ] || "${as_root[@]}" systemctl mask --quiet "${package%-light}.service" ;;
		esac
	done
	"${as_root[@]}" apt-get update -qq
	"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
fi

node_major=$(node -p 'process.versions.node.split(".")[0]')
if [ "$node_major" -lt 18 ]; then
	echo "deps.sh: Node $node_major is too old to build the web app; 18 or newer is needed." >&2
	exit 1
fi

# npm: only when a lock file changed since the last install.
npm_install() {
	local folder=$1 stamp=$1/node_modules/.confab-stamp
	[ -f "$folder/package-lock.json" ] || return 0
	if [ ! -f "$stamp" ] || ! cmp -s "$folder/package-lock.json" "$stamp"; then
		echo "deps.sh: npm packages in $folder"
		(cd "$folder" && npm ci --no-audit --no-fund --loglevel=error)
		cp "$folder/package-lock.json" "$stamp"
	fi
}
npm_install web
if [ "$what" = test ]; then
	npm_install test
fi
