#!/bin/sh
# Judge the ranking on the four public sets at their development cuts. $2: the folder that holds them.
set -eu
matcher=$1 data=${2:-}
if [ -z "$data" ] || [ ! -d "$data" ]; then
  echo "This reads four public data sets that are not part of the repository."
  echo "Name the folder that holds chinaxiv-institutions, csldcp-fields, crunchbase-2013 and raises-web3:"
  echo "  make evaluate DATA=/path/to/folder"
  exit 1
fi
for set in chinaxiv-institutions:2020-07-01 csldcp-fields:2001-01-01 crunchbase-2013:2011-07-01 raises-web3:2023-01-01; do
  "$matcher" evaluate "$data/${set%%:*}" --cut "${set##*:}" --ablation --deletion 100 --json "${OUT:-.cache}/evaluation-${set%%:*}.json"
done
