# What would print or export variables is switched off, and none is inherited: it would be exported again.
{ set +aevx; } 2>/dev/null
unset secret line answer output
set -u
umask 077

newline='
'
several_lines='
use strict; use warnings; use ElectricCommander; use Encode qw(decode);
my @given = map { decode("UTF-8", $_) } @ARGV;
my @names = @given == 6 ? @given[2, 4] : @given[1, 2];
my $secret = do { local $/; decode("UTF-8", <STDIN>) };
ElectricCommander->new->modifyCredential(@names, { password => $secret });
'
number=0 entered=0 failed=0 skipped=0 by_hand=0 where=

say() { printf '%s\n' "$1" >&3; }
fail() { printf 'error: %s\n' "$1" >&2; exit 1; }

start() {
    # As a program of its own, printf would show the secret in its arguments.
    [ "$(command -v printf)" = printf ] || fail 'this shell has no printf of its own: use bash or dash'
    command -v ectool >/dev/null || fail 'ectool is not on the PATH'
    terminal=/dev/tty
    (: <>/dev/tty) 2>/dev/null || terminal=$(tty) || fail 'there is no terminal to ask on'
    log=$(dirname -- "$0")/$log_name
    [ ! -L "$log" ] || fail "$log is a link"
    (: >>"$log" && chmod 600 "$log") 2>/dev/null || fail "cannot write $log"
    exec 3<>"$terminal"
    screen=$(stty -g <&3) || fail 'the terminal cannot be set up'
    trap finish EXIT
    trap 'exit 129' HUP
    trap 'exit 130' INT
    trap 'exit 143' TERM
    # Until the end: what is pasted too early or too much is not shown either.
    stty -echo <&3 || fail 'the terminal cannot be told not to show what is typed'
    unseen=$(stty -g <&3)
    say "$team: $total to enter again. Nothing that you type is shown. The log is $log"
    say 'ectool must be logged in already: ectool --server HOST login USER'
}

finish() {
    code=$?
    trap - EXIT HUP INT TERM
    [ -z "$where" ] || record stopped
    stty "$screen" <&3
    say ''
    say "$entered entered, $failed failed, $skipped skipped, $by_hand for the web page, of $total"
    [ "$code" -ne 0 ] || [ "$entered" -eq "$total" ] || code=10
    exit "$code"
}

# enter LOCATION USER ARGUMENT…: asks for one secret and hands it to ectool with these arguments.
enter() {
    next "$1" "$2"
    shift 2
    if ! ask; then
        skipped=$((skipped + 1))
        record skipped
    elif hand_over "$@"; then
        entered=$((entered + 1))
        record entered
    else
        code=$?
        failed=$((failed + 1))
        explain
        record "failed ($code)"
    fi
    secret='' line='' output=''
}

# on_page LOCATION USER STEPS: for what ectool cannot take.
on_page() {
    next "$1" "$2"
    say "  ectool cannot take this. On the web page: $3"
    by_hand=$((by_hand + 1))
    record 'for the web page'
}

next() {
    number=$((number + 1)) where=$1
    say ''
    say "[$number of $total] $where${2:+ (user $2)}"
}

record() {
    say "  $1"
    printf '%s\t%s\t%s\n' "$(date '+%Y-%m-%dT%H:%M:%S%z')" "$1" "$where" >>"$log"
    where=
}

# Sets `secret`; fails if it is to be skipped.
ask() {
    while :; do
        secret=
        printf '  secret (nothing: other choices): ' >&3
        IFS= read -r secret <&3 || exit 0
        say ''
        case $secret in '-----BEGIN '*)
            secret=$secret$newline
            read_on pem || exit 0
        esac
        if accepted; then return 0; fi
        printf '  again (a), several lines (m), skip (s), stop (q)? ' >&3
        IFS= read -r answer <&3 || exit 0
        say ''
        case $answer in
        m)
            say '  the lines, then one with a single dot:'
            secret=
            read_on dot || exit 0
            case $secret in *"$newline"?*) ;; *) secret=${secret%"$newline"} ;; esac
            if accepted; then return 0; fi
            ;;
        s) return 1 ;;
        q) exit 0 ;;
        esac
        answer=
    done
}

# Reads lines up to one with a single dot; with `pem`, up to the end of that block too.
read_on() {
    while IFS= read -r line <&3; do
        case $line in .) return 0 ;; esac
        secret=$secret$line$newline
        case $1$line in 'pem-----END '*) return 0 ;; esac
    done
    return 1
}

accepted() {
    if more_came; then
        say '  more came than one secret, and nothing was taken: choose m for several lines'
        return 1
    fi
    # Terminals cut lines at 4096 bytes without a word.
    if [ "${#secret}" -gt 1000 ] && printf '%s\n' "$secret" | LC_ALL=C awk 'length > 4093 { long = 1 } END { exit !long }'; then
        say '  too long a line for a terminal, and nothing was taken: use the web page'
        return 1
    fi
    case $secret in '') say '  nothing was entered'; return 1 ;; esac
}

# Whether more was typed or pasted than was read. It is dropped: it would become the next answer.
more_came() {
    stty -icanon min 0 time 2 <&3
    came=0
    while [ "$(dd bs=4096 count=1 <&3 2>/dev/null | wc -c)" -gt 0 ]; do came=1; done
    stty "$unseen" <&3
    [ "$came" = 1 ]
}

hand_over() {
    case $secret in
    *"$newline"*)
        case $1 in modifyCredential) ;; *)
            output='only credentials can have several lines'
            return 1
        esac
        command -v ec-perl >/dev/null || {
            output='several lines need ec-perl, which is not on the PATH: use the web page'
            return 1
        }
        output=$(printf '%s' "$secret" | ec-perl -e "$several_lines" -- "$@" 2>&1 3>&-)
        ;;
    *) output=$(printf '%s' "$secret" | ectool "$@" 2>&1 3>&-) ;;
    esac
}

# What ectool said, without anything that a terminal obeys, and not if it repeats the secret.
explain() {
    case $output in *"$secret"*) output='(its message repeats the secret)' ;; esac
    printf '%s\n' "$output" | LC_ALL=C tr -cd '\11\12\40-\176' >&3
}
