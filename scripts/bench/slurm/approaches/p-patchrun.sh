# SPDX-License-Identifier: Apache-2.0
# patchrun with all that the others have not: a canary, check mode before and after, a health gate and a test job on each node.
setup() {
  local fleet=$OUT/fleet last; last=$(printf %02d "$BENCH_NODES")
  mkdir -p "$fleet/playbooks"
  cp "$B/patchrun/site.yml" "$fleet/playbooks/"
  sed "s|@LAST@|$last|; s|@INVENTORY@|$INV|" "$B/patchrun/patchrun.yml" >"$fleet/patchrun.yml"
  git -C "$fleet/playbooks" init -q -b main
  git -C "$fleet/playbooks" add -A
  git -C "$fleet/playbooks" -c user.name=op -c user.email=op@example.org commit -q -m 'labpkg 1.1'
  # What the fleet's file says, too: the time of the canary is told apart.
  echo node01 >"$OUT/canaries"
}
approach() { "$NODE" "$ROOT/dist/bin/patchrun.js" -c "$OUT/fleet/patchrun.yml" run --yes; }
