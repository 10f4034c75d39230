# Sourced by the scripts: runs tests of the sample and of the modules that it needs, and prints their figures.

# usage: run_tests <word that lines of figures begin with> <what to say when all is well> <what to say when not> <options for Maven>
# Set MVN for another Maven than the one on the PATH, or for options of its own, such as MVN='mvn -o'.
run_tests() {
  local word=$1 well=$2 unwell=$3 log
  shift 3
  log=$(mktemp)
  # shellcheck disable=SC2064
  trap "rm -f '$log'" EXIT
  # shellcheck disable=SC2086
  if ${MVN:-mvn} -B -ntp -pl sample-app -am verify \
    -Dsurefire.failIfNoSpecifiedTests=false -Dfailsafe.failIfNoSpecifiedTests=false \
    -Dmaven.javadoc.skip=true -Dmaven.source.skip=true -Dspotless.check.skip=true \
    "$@" </dev/null 2>&1 | tee "$log" | grep --line-buffered "^$word "; then
    echo "$well"
  else
    grep -E 'ERROR|expected|Expecting' "$log" | head -n 40 >&2
    echo "$unwell: see above" >&2
    return 1
  fi
}
