#!/usr/bin/env bash
# Holds the shape of the source: which layer may name which, and how long a file may be.
set -euo pipefail
cd "$(dirname "$0")/.."
status=0
complain() { echo "$1" >&2; status=1; }

# Direction: node -> {net, session, sis, tools} -> ai -> json; only node names napi, ai does no I/O.
refuse() {
  local found
  found=$(grep -rnE "$2" "src/$1" --include='*.rs' --exclude-dir=tests --exclude=tests.rs --exclude=replay.rs || true)
  [ -z "$found" ] || complain "src/$1 may not name this:"$'\n'"$found"
}
refuse ai '(^|[^a-z_])(reqwest|tokio|napi)::|std::(fs|env|net)::|crate::(net|node)'
refuse json 'crate::(ai|net|node)|(reqwest|tokio|napi)::'
refuse net 'crate::(node|session)|(^|[^a-z_])napi::'
refuse sis 'crate::(ai|net|node|session)|(^|[^a-z_])(reqwest|tokio|napi)::'
refuse yaml 'crate::[a-ik-z]|(^|[^a-z_])(reqwest|tokio|napi)::|std::fs'
refuse skills 'crate::(ai|net|node|session)|(^|[^a-z_])(reqwest|tokio|napi)::'
refuse prompts 'crate::(ai|net|node|session|skills)|(^|[^a-z_])(reqwest|tokio|napi)::'
refuse settings 'crate::(ai|net|node|session|tools)|(^|[^a-z_])(reqwest|napi)::'
refuse auth 'crate::[a-z]|(^|[^a-z_])(reqwest|tokio|napi)::|std::fs'
refuse compaction 'crate::[a-ik-z]|(^|[^a-z_])(reqwest|tokio|napi)::|std::fs'
refuse session 'crate::(node|net)|(^|[^a-z_])(reqwest|napi)::'
refuse tools 'crate::(node|net|session)|(^|[^a-z_])(reqwest|napi)::'

long=$(git ls-files 'src/*.rs' 'lib/*.ts' 'scripts/*' '__test__/*.ts' | xargs wc -l | awk '$2 != "total" && $1 > 500')
[ -z "$long" ] || complain "over 500 lines:"$'\n'"$long"

generated=$(git status --porcelain)
[ -z "$generated" ] || complain "the build or the tests changed tracked files:"$'\n'"$generated"
exit "$status"
