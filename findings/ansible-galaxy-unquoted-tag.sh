#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# ansible-core 2.19.14 and 2.14.18, ansible-galaxy collection install
#
# A requirements.yml that names a collection in git by the tag 1.10, without quotes: YAML reads a fraction, 1.1.
#   2.19.14: the tag 1.1, an older release, is installed. Exit 0, and no warning.
#            "site.tools:1.1.0 was installed successfully"
#   2.14.18: "Unexpected Exception, this is probably a bug: 'float' object has no attribute 'startswith'", exit not 0.
# Where the repository has no tag 1.1, both fail. Quotes help: version: "1.10".
set -eu
T=$(mktemp -d); trap 'rm -rf "$T"' EXIT
export HOME=$T GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@example.org GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@example.org ANSIBLE_NOCOLOR=1 ANSIBLE_COLLECTIONS_PATH=$T/got
for version in 2.14.18 2.19.14; do python3 -m venv "$T/$version"; "$T/$version/bin/pip" install --quiet "ansible-core==$version"; done

git init --quiet --initial-branch=main "$T/tools"; cd "$T/tools"
mkdir meta; echo "requires_ansible: '>=2.14.0'" >meta/runtime.yml; echo tools >README.md
for release in 1.1 1.10; do
  printf 'namespace: site\nname: tools\nversion: %s.0\nauthors: [a]\nreadme: README.md\n' "$release" >galaxy.yml
  git add --all; git commit --quiet --message "$release"; git tag "$release"
done
cd "$T"
wanted() { printf 'collections:\n  - name: git+file://%s\n    type: git\n    version: %s\n' "$T/tools" "$1" >requirements.yml; rm -rf got; }
got() { grep -o '"version": "[^"]*"' got/ansible_collections/site/tools/MANIFEST.json; }
fail() { echo "this has changed: $*" >&2; exit 1; }

wanted '"1.10"'; 2.19.14/bin/ansible-galaxy collection install -r requirements.yml -p got >said 2>&1 || fail "$(cat said)"
[ "$(got)" = '"version": "1.10.0"' ] || fail "quoted: $(got)"
wanted 1.10; 2.19.14/bin/ansible-galaxy collection install -r requirements.yml -p got >said 2>&1 || fail "2.19.14 refuses it: $(tail -1 said)"
[ "$(got)" = '"version": "1.1.0"' ] || fail "2.19.14 installed $(got)"
grep -q 'site.tools:1.1.0 was installed successfully' said || fail "$(tail -1 said)"
grep -qi warn said && fail "2.19.14 warns: $(grep -i warn said | head -1)"
wanted 1.10; 2.14.18/bin/ansible-galaxy collection install -r requirements.yml -p got >said 2>&1 && fail "2.14.18 installed $(got)"
grep -q "'float' object has no attribute 'startswith'" said || fail "2.14.18 says: $(cat said)"
echo "2.19.14 installs 1.1.0 for the unquoted tag 1.10; 2.14.18 raises an error"
