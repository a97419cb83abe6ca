#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# mkrepo.sh DIR - a tiny apt repository: labpkg 1.0 and 1.1 work; labpkg 1.2 and broken 1.0 fail in their postinst.
set -eu
repo=$1; mkdir -p "$repo"; T=$(mktemp -d); trap 'rm -rf "$T"' EXIT
package() { # name version [postinst]
  mkdir -p "$T/p/DEBIAN" "$T/p/usr/share/$1"; echo "$2" >"$T/p/usr/share/$1/version"
  printf 'Package: %s\nVersion: %s\nArchitecture: all\nMaintainer: lab <lab@example.invalid>\nDescription: lab package\n' "$1" "$2" >"$T/p/DEBIAN/control"
  [ -z "${3:-}" ] || { printf '#!/bin/sh\n%s\n' "$3" >"$T/p/DEBIAN/postinst"; chmod 755 "$T/p/DEBIAN/postinst"; }
  dpkg-deb --root-owner-group -Znone -b "$T/p" "$repo" >/dev/null; rm -rf "$T/p"
}
boom='echo "postinst: boom" >&2; exit 1'
package labpkg 1.0; package labpkg 1.1; package labpkg 1.2 "$boom"; package broken 1.0 "$boom"
cd "$repo"; dpkg-scanpackages -m . >Packages 2>/dev/null
