#!/bin/sh
# The sample ecosystem from file to explained recommendation, to the digests of a week, to people who can sign in.
set -eu
matcher=$1 home=.demo today=2026-10-31 week=2026-W45 password='seven unrelated words'
step() { printf '\n\033[1m== %s\033[0m\n' "$1"; shift; echo "   matcher $*"; env $matcher "$@"; }

step "导入示例生态 / import the sample ecosystem" import data/sample
step "建立索引 / index" index
step "用对接结果训练 / learn from outcomes" train --today $today
step "成果 → 载体 / result to carriers" match ex-a003 --today $today -k 2
step "载体 → 成果 / carrier to results" screen ex-i02 --today $today -k 2
step "项目 → 基金 / project to funds" match ex-p010 --today $today -k 2
step "基金 → 项目 / fund to projects (priority tiers first)" screen ex-f01 --today $today -k 2

# Whose workbench it is: somebody of every role, and what is their own. A second run finds them there.
known=$(env $matcher account list --json)
unknown() { case $known in *"$1@example.org"*) return 1 ;; esac; }
someone() {
  role=$1 name=$2; shift 2
  printf '%s\n' "$password" |
    env $matcher account create "$role@example.org" --role "$role" --name "$name" "$@" --password-stdin
}
member() {
  role=$1 name=$2 organisation=$3; shift 3
  unknown "$role" || return 0
  env $matcher account organisation "$organisation" "$@"
  someone "$role" "$name" --organisation "$organisation"
}
unknown administrator && printf '\n\033[1m== 各角色的演示账户 / a demo account of every role\033[0m\n'
member broker 苏日娜 station --name 示例经纪站 --incubator ex-i02
member incubator 何远 carrier --name 示例孵化器 --incubator ex-i01 --incubator ex-i04
member fund 江原 capital --name 示例基金 --fund ex-f01
member university 沈遥 college --name 示例大学 --institution 白音温都民族医药大学
unknown bureau && someone bureau 乌云
unknown administrator && someone administrator 管理员

env $matcher digest show --week $week > /dev/null 2>&1 ||
  step "一周的简报，全体一并选择 / the digests of a week, chosen together" digest compose --week $week
step "写成信，不寄出 / as letters, not sent" digest letter --week $week --out $home/letters

cat <<END

== 打开工作台 / open the workbench

   MATCHER_HOME=$home MATCHER_CACHE_DIR=.cache .venv/bin/matcher-serve      →  http://127.0.0.1:8000

   登录 / sign in:  broker@example.org, fund@…, incubator@…, university@…, bureau@…, administrator@…
   密码 / password: $password
   简报 / digests:  $home/letters/*.html
END
