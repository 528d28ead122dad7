# Ends what a host has started when the host is gone, however it went.
#
# Started by the host, in a session of its own, with the host at the other end of standard input.
# The first line is: host PID SESSION MARK LIMIT RECORD. Then come "+ PID START" for a process that
# the host has started and "- PID" for one that is over. "end" is the host's own good end; the end
# of the input without it means that the host was killed.
#
# $1 is "proc" where there is /proc, else "ps".

trap '' HUP INT QUIT TERM PIPE
by=$1
read -r word host session mark limit record || exit 0
# What the host starts from now on inherits the number, whatever else it gets rid of.
if [ "$by" = proc ]; then
  prlimit --pid "$host" --locks="$limit": 2>/dev/null
fi
echo ready
exec >/dev/null 2>&1
cd /

# Live processes as pid:parent:session:start; with ps it is groups instead of sessions.
list_by_proc() {
  all=
  for stat in /proc/[0-9]*/stat; do
    read -r line <"$stat" || continue
    set -- ${line##*) }
    case $1 in Z | X) continue ;; esac
    pid=${stat#/proc/}
    all="$all ${pid%/stat}:$2:$4:${20}"
  done
}

list_by_ps() {
  all=
  while read -r state pid parent group start; do
    case $state in Z* | '') continue ;; esac
    set -- $start
    all="$all $pid:$parent:$group:$1-$2-$3-$4-$5"
  done <<EOF
$(ps -axo stat=,pid=,ppid=,pgid=,lstart=)
EOF
}

# Those with a mark that they have inherited.
marked_by_proc() {
  marked=
  for file in $(grep -lsF -e "$mark" /proc/[0-9]*/environ) \
    $(grep -lsE "^Max file locks +$limit " /proc/[0-9]*/limits); do
    pid=${file#/proc/}
    marked="$marked ${pid%%/*} "
  done
}

marked_by_ps() {
  marked=
  case $(uname) in Darwin) show=-axEww ;; *) show=axeww ;; esac
  while read -r pid words; do
    case $words in *"$mark"*) marked="$marked $pid " ;; esac
  done <<EOF
$(ps "$show" -o pid=,command=)
EOF
}

split() {
  pid=${1%%:*}
  rest=${1#*:}
  parent=${rest%%:*}
  rest=${rest#*:}
  own=${rest%%:*}
  start=${rest#*:}
}

take() {
  living="$living $pid "
  # A session that is not the host's was begun by something that the host has started.
  if [ "$own" = "$pid" ] || { [ "$by" = proc ] && [ "$own" != "$session" ]; }; then
    sessions="$sessions $own "
  fi
  grew=1
}

find_living() {
  "list_by_$by"
  "marked_by_$by"
  living=
  sessions=
  grew=1
  while [ "$grew" ]; do
    grew=
    for one in $all; do
      split "$one"
      [ "$pid" = $$ ] && continue
      case $living in *" $pid "*) continue ;; esac
      case $trees in *" $pid:$start "*) take && continue ;; esac
      case $marked in *" $pid "*) take && continue ;; esac
      case $living in *" $parent "*) take && continue ;; esac
      case $sessions in *" $own "*) take ;; esac
    done
  done
}

# Tells each once, then kills what is left 0.3 s later.
end_all() {
  told=
  tries=0
  find_living
  while [ "$living" ] && [ $tries -lt 60 ]; do
    if [ $tries -lt 6 ]; then
      for pid in $living; do
        case $told in *" $pid "*) continue ;; esac
        kill -TERM "$pid"
        told="$told $pid "
      done
    else
      kill -KILL $living
    fi
    sleep 0.05 || sleep 1
    tries=$((tries + 1))
    find_living
  done
}

trees=' '
while read -r word pid start; do
  case $word in
    +)
      if [ "$by" = ps ]; then
        set -- $(ps -o lstart= -p "$pid")
        start=$1-$2-$3-$4-$5
      fi
      trees="$trees$pid:$start "
      ;;
    -)
      left=' '
      for tree in $trees; do
        case $tree in "$pid":*) ;; *) left="$left$tree " ;; esac
      done
      trees=$left
      ;;
    end) exit 0 ;;
  esac
done
end_all
if [ "$record" ] && [ -z "$living" ]; then
  rm -f -- "$record"
fi
