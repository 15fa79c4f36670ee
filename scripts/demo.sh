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
# Whose week it is: a broker's station with two carriers, a carrier, a fund, a university, the bureau.
someone() {
  role=$1; shift
  printf 'seven unrelated words\n' | env $matcher account create "$role@example.org" --role "$role" "$@" --password-stdin
}
if ! env $matcher account list --json | grep -q broker@example.org; then
  env $matcher account organisation station --name 示例经纪站 --incubator ex-i02 --incubator ex-i04
  env $matcher account organisation carrier --name 示例孵化器 --incubator ex-i01
  env $matcher account organisation capital --name 示例基金 --fund ex-f01
  env $matcher account organisation college --name 示例大学 --institution 白音温都民族医药大学
  someone broker --organisation station
  someone incubator --organisation carrier
  someone fund --organisation capital
  someone university --organisation college
  someone bureau
fi
if ! env $matcher digest show --week 2026-W45 > /dev/null 2>&1; then
  step "一周的简报，全体一并选择 / the digests of a week, chosen together" digest compose --week 2026-W45
fi
step "经纪人的简报 / the broker's digest" digest show --week 2026-W45 --account broker@example.org
step "凭存根原样重做 / made again from the receipt" digest show --week 2026-W45 --account fund@example.org --again
printf '\nTry your own: MATCHER_HOME=.demo .venv/bin/matcher --help\n'
