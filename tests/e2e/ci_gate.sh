#!/usr/bin/env bash
# What a project's CI does, in an empty folder: five models are locked and gated, one is waived, one moves.
# AJAR is the command; the models are made by whoever calls this, under models/.
set -euo pipefail

expect() {
  local wanted=$1 status=0
  shift
  echo "== $*"
  "$@" || status=$?
  if [ "$status" -ne "$wanted" ]; then
    echo "exit $status where $wanted was expected" >&2
    exit 1
  fi
}

cat > policy.yaml <<'YAML'
schema: ajar-policy/1
name: our product
extends: safe-to-load
licences:
  weights:
    deny-limits: [non-commercial]
rights:
  - use: commercial use at 10 million users in DE
    accept: conditional
YAML
printf '[gate]\npolicy = "policy.yaml"\n' > ajar.toml

# Two of the five do not pass: a licence for research only, and a pickle that runs a command.
expect 1 "$AJAR" gate models/* --json first.json --markdown first.md
grep -q 'models/research' first.md

# The one is waived, with an owner and a day; the other is not, and still fails.
cat >> policy.yaml <<'YAML'
waivers:
  - {rule: licences.weights, target: models/research, reason: internal evaluation only, owner: ml@example.org, expires: 2099-12-31}
  - {rule: rights, target: models/research, reason: internal evaluation only, owner: ml@example.org, expires: 2099-12-31}
YAML
expect 1 "$AJAR" gate models/* --json second.json
rm models/pickled/extra.pkl
expect 0 "$AJAR" gate models/* --json third.json

# From here on the lock stands in the repository.
expect 0 "$AJAR" lock models/*
cp ajar.lock before.lock
expect 0 "$AJAR" lock --update
cmp ajar.lock before.lock
expect 0 "$AJAR" gate --locked

# One changes its licence under the same name.
sed -i.bak 's/license: apache-2.0/license: cc-by-nc-4.0/' models/tagged/README.md
rm models/tagged/README.md.bak
expect 1 "$AJAR" gate --locked --json moved.json --output moved.txt
tail -n 3 moved.txt

# Somebody looks at it and takes the old one back.
sed -i.bak 's/license: cc-by-nc-4.0/license: apache-2.0/' models/tagged/README.md
rm models/tagged/README.md.bak
expect 0 "$AJAR" gate --locked

# The day after its last day a waiver fails the build.
expect 1 "$AJAR" gate --locked --today 2100-01-01 --json expired.json
