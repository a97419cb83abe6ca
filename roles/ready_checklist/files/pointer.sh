#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# pointer.sh PATH
# Exit code 3: it is not there, and the output says so.
# Prints what a repository pointer says: where a link leads in the end, or the checksum of a file.
LC_ALL=C
export LC_ALL
path=$1
if [ -L "$path" ]; then
  # Where the last link of a chain leads; whether anything is there is not asked.
  readlink -f -- "$path" || readlink -- "$path"
elif [ -f "$path" ]; then
  sum=$(sha256sum <"$path") || exit 4
  echo "sha256:${sum%% *}"
elif [ -e "$path" ]; then
  echo "$path is neither a link nor a file"
  exit 3
else
  echo "there is no $path"
  exit 3
fi
