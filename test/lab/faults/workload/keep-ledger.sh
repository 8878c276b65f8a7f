# shellcheck shell=sh
# One replica: writes down that it began, then waits to be told to end.
# Not an executable: it is what the service runs with `sh -c`.
test "$(cat /run/secrets/ledger)" != "" && cat /terms >/dev/null || exit 1
echo "$(date +%s) $(cat /proc/sys/kernel/hostname) began" >>/data/entries
trap 'exit 0' TERM
while :; do sleep 1; done
