# Sourced by ./run and ./test: brings a Debian 12 machine to the point where Tidewaiter builds.
# Defines: say, stop, need_packages PACKAGE…, build_preset PRESET [TARGET…].

set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root"

build_packages=(
  g++ cmake ninja-build ccache pkg-config ca-certificates
  libboost1.81-dev libsqlite3-dev libmbedtls-dev libssl-dev libsodium-dev zlib1g-dev
  libpaho-mqttpp-dev libpaho-mqtt-dev libprotobuf-dev protobuf-compiler
  libzxing-dev libzbar-dev libqrencode-dev libpng-dev libturbojpeg0-dev
  libtomlplusplus-dev libcli11-dev libspdlog-dev libfmt-dev nlohmann-json3-dev libseccomp-dev
  libgtest-dev libgmock-dev librapidcheck-dev libbenchmark-dev
)
port_packages=(mosquitto python3)
test_packages=(zxing-cpp-tools chromium chromium-driver git)
long_test_packages=(clang-19 libclang-rt-19-dev)

say() { printf '%s\n' "$*"; }
stop() { printf 'tidewaiter: %s\n' "$*" >&2; exit 1; }

missing_packages() {
  local package
  for package in "$@"; do
    dpkg-query -W -f='${Status}\n' "$package" 2>/dev/null | grep -q '^install ok installed$' || printf '%s\n' "$package"
  done
}

# Installing a package must not start a service: invoke-rc.d asks this file first.
forbid_services() {
  [ -e /usr/sbin/policy-rc.d ] && return
  $as_root sh -c 'printf "#!/bin/sh\nexit 101\n" >/usr/sbin/policy-rc.d && chmod 755 /usr/sbin/policy-rc.d'
  trap '$as_root rm -f /usr/sbin/policy-rc.d' EXIT INT TERM
}

allow_services() {
  trap - EXIT INT TERM
  [ -n "${services_forbidden:-}" ] && $as_root rm -f /usr/sbin/policy-rc.d
  services_forbidden=
}

need_packages() {
  if ! { . /etc/os-release && [ "${ID:-}" = debian ] && [ "${VERSION_ID:-}" = 12 ]; } 2>/dev/null; then
    say "Tidewaiter installs its packages by itself on Debian 12 only; this is ${PRETTY_NAME:-another system}."
    say "Please install what corresponds to these Debian packages, then build with: cmake --preset release && cmake --build --preset release"
    printf '  %s\n' "$@"
    exit 3
  fi
  local missing
  mapfile -t missing < <(missing_packages "$@")
  [ ${#missing[@]} -eq 0 ] && return
  as_root=
  if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || stop "these packages are missing and neither root nor sudo is at hand: ${missing[*]}"
    as_root=sudo
  fi
  say "Installing ${#missing[@]} Debian packages (no service is started): ${missing[*]}"
  [ -e /usr/sbin/policy-rc.d ] || services_forbidden=yes
  forbid_services
  $as_root apt-get update -qq
  $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" \
    >"${TMPDIR:-/tmp}/tidewaiter-install.$$" 2>&1 || {
      tail -n 20 "${TMPDIR:-/tmp}/tidewaiter-install.$$" >&2
      stop "apt-get could not install the packages above; the end of its output is shown"
    }
  rm -f "${TMPDIR:-/tmp}/tidewaiter-install.$$"
  allow_services
}

# Builds a preset; with targets, only those.
build_preset() {
  local preset=$1
  shift
  say "Building $preset (the first time takes some minutes) …"
  # A moved checkout leaves a cache that names the old place; start that build afresh.
  if [ -f "build/$preset/CMakeCache.txt" ] &&
    ! grep -qxF "CMAKE_HOME_DIRECTORY:INTERNAL=$root" "build/$preset/CMakeCache.txt"; then
    rm -rf "build/$preset"
  fi
  mkdir -p "build/$preset"
  cmake --preset "$preset" >"build/$preset/configure.log" 2>&1 || {
    tail -n 30 "build/$preset/configure.log" >&2
    stop "configuring failed; the whole log is build/$preset/configure.log"
  }
  local jobs
  jobs=$(nproc)
  cmake --build --preset "$preset" -j "$jobs" ${1:+--target "$@"} >"build/$preset/build.log" 2>&1 || {
    grep -E 'error|FAILED|ninja: ' "build/$preset/build.log" | head -n 30 >&2
    stop "building failed; the whole log is build/$preset/build.log"
  }
}
