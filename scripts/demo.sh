#!/bin/sh
# The sample ecosystem from file to explained recommendation, both pairings, both directions.
set -eu
matcher=$1
step() { printf '\n\033[1m== %s\033[0m\n' "$1"; shift; echo "   matcher $*"; env $matcher "$@"; }

step "导入示例生态 / import the sample ecosystem" import data/sample
step "建立索引 / index" index
step "用对接结果训练 / learn from outcomes" train --today 2026-10-31
step "成果 → 载体 / result to carriers" match ex-a003 --today 2026-10-31 -k 3
step "载体 → 成果 / carrier to results" screen ex-i02 --today 2026-10-31 -k 3
step "项目 → 基金 / project to funds" match ex-p010 --today 2026-10-31 -k 3
step "基金 → 项目 / fund to projects (priority tiers first)" screen ex-f01 --today 2026-10-31 -k 3
step "一句话找载体 / free text to carriers" match --text "蒙药复方制剂的现代化工艺" --to incubators --today 2026-10-31 -k 3
step "为何不行 / why not" why ex-a027 ex-i04 --today 2026-10-31
printf '\nTry your own: MATCHER_HOME=.demo .venv/bin/matcher --help\n'
