#!/usr/bin/env bash
# A release as a plain script does it: the same git, SQL and HTTP work as Slipway's, without a plan, a lock, a record or
# a way back. What Slipway's own time is measured against.
#
#   plain-release.sh VERSION       in a clone of the repository whose remote is `origin`
#
# API_URL, API_DATABASE_URL: the service and its database. READINGS, INTERVAL: how many readings in a row prove that a
# version is live, and the seconds between them. RUN_SQL: what runs a file if there is no psql.
set -euo pipefail
version=$1
tag="v$version"

# What is there: the trunk, the version's commit, what is live, whether it answers well.
git fetch --quiet --tags origin '+refs/heads/main:refs/remotes/origin/main'
commit=$(git rev-parse --verify --quiet "refs/tags/release/$tag^{commit}")
git merge-base --is-ancestor "$commit" origin/main || { echo "$version is not on the trunk"; exit 1; }
live=$(curl --silent --fail --max-time 2 "$API_URL/version" | sed 's/.*"commit":"\([0-9a-f]*\)".*/\1/')
git merge-base --is-ancestor "$live" "$commit" || { echo "$version is not newer than $live"; exit 1; }
[ -z "$(git ls-remote origin "refs/tags/$tag")" ] || { echo "$tag is there already"; exit 1; }
curl --silent --fail --max-time 2 "$API_URL/books" | grep --quiet title || { echo 'the live version is not well'; exit 1; }

# The scripts that the live version did not have, each in a transaction of its own.
for file in $(git diff --name-only --diff-filter=A "$live" "$commit" -- 'db/migrations/*.up.sql'); do
  if command -v psql > /dev/null; then
    git show "$commit:$file" | psql --quiet --no-psqlrc --single-transaction --set=ON_ERROR_STOP=1 "$API_DATABASE_URL"
  else
    git show "$commit:$file" | $RUN_SQL
  fi
done
curl --silent --fail --max-time 2 "$API_URL/health" > /dev/null || { echo 'the schema broke the live version'; exit 1; }

# The pointer.
git -c user.name=script -c user.email=script@shop.example tag --annotate --message "Release $version" "$tag" "$commit"
git push --quiet origin "refs/tags/$tag"

# Live, and working.
for ((tries = 0, seen = 0; seen < READINGS; tries++)); do
  [ "$tries" -lt 1000 ] || { echo "$version did not come up"; exit 1; }
  case $(curl --silent --max-time 2 "$API_URL/version" || true) in
    *"\"$commit\""*) seen=$((seen + 1)) ;;
    *) seen=0 ;;
  esac
  [ "$seen" -ge "$READINGS" ] || sleep "$INTERVAL"
done
curl --silent --fail --max-time 2 "$API_URL/books" | grep --quiet title || { echo 'the smoke check failed'; exit 1; }
