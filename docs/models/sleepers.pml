/* Sleepers (src/multiprocessing/memory/sleepers.hpp), as a queue uses them: two producers and two
 * consumers. One of the four may be killed at any step. The log is two numbers here, each changed by
 * the process that has its lock (see message_log.pml and robust_lock.pml).
 *
 * Other processes do not see a store at once, but some time later, or when the storing process makes
 * an atomic change. For this reason alone a `ring` that only reads the count would be wrong.
 *
 * Checked: without a death no process sleeps while there is what it waits for, though none looks
 * again by the clock. After a death the same holds once the clock has ticked.
 */

/* Options of the compiler. FULL: the queue is full at first; without it, it is empty, and smaller.
 * VICTIM=N: the process that may be killed. WEAK: see below. */
#ifdef FULL
#define LIMIT 2
#define FIRST 2
#define PUTS(me) 1
#define GETS 1
#else
#define LIMIT 1
#define FIRST 0
#define PUTS(me) (me == 0 -> 2 : 1)
#define GETS 2
#endif
#define MOST_TICKS 1

#define MEMBERS 4 /* 0 and 1 are producers, 2 and 3 consumers. */
#define GETTERS 0
#define PUTTERS 1

/* How many were put and got, and how many the other side sees. */
byte tail = FIRST;
byte seen_tail = FIRST;
byte head, seen_head;

byte count[2];
bit rung[2];
bool sleeps[MEMBERS];
bool killed[MEMBERS];
bool somebody_died;
byte ticks;

#define HAS_COME (seen_tail != head)
#define HAS_ROOM (tail - seen_head < LIMIT)

/* Shows a store to the others. With WEAK this happens some time later, or with the next atomic change
 * of the same process; without WEAK at once, which leaves room for the states of more members. */
inline flush() {
  if
  :: me < 2 -> seen_tail = tail
  :: else -> seen_head = head
  fi
}

inline store() {
#ifdef WEAK
  true
#else
  flush()
#endif
}

inline wake_one(side) {
  atomic {
    if
    :: side == PUTTERS && sleeps[0] -> sleeps[0] = false
    :: side == PUTTERS && sleeps[1] -> sleeps[1] = false
    :: side == GETTERS && sleeps[2] -> sleeps[2] = false
    :: side == GETTERS && sleeps[3] -> sleeps[3] = false
    :: else
    fi
  }
}

inline ring(side) {
  atomic {
#ifndef BROKEN_RING
    flush();
#endif
    is_needed = count[side] != 0
  }
  atomic {
    if
    :: is_needed ->
      flush();
      is_needed = rung[side] == 0;
      rung[side] = 1
    :: else
    fi
  }
  atomic {
    if
    :: is_needed -> wake_one(side)
    :: else
    fi;
    is_needed = false
  }
}

inline sleep_until(side, has_happened) {
  atomic {
    flush();
    count[side]++
  }
  if
  :: has_happened
  :: else ->
    d_step {
      if
      :: rung[side] == 0 -> sleeps[me] = true /* futex(2) */
      :: else
      fi
    }
  fi;
  atomic {
    !sleeps[me];
    flush();
    count[side]--
  }
  atomic {
    rung[side] = 0;
    has_slept = true
  }
}

proctype Putter(byte me) {
  byte done;
  bool has_slept, is_needed, has_put;
  {
    do
    :: done < PUTS(me) ->
      atomic {
        flush(); /* Getting the lock is an atomic change. */
        has_put = HAS_ROOM;
        tail = tail + has_put;
        done = done + has_put;
        store()
      }
      if
      :: has_put ->
        ring(GETTERS);
#ifndef BROKEN_PASSING
        if
        :: has_slept && HAS_ROOM -> ring(PUTTERS)
        :: else
        fi;
#endif
        atomic {
          has_slept = false;
          has_put = false
        }
      :: else -> sleep_until(PUTTERS, HAS_ROOM)
      fi
    :: else -> break
    od
  } unless { killed[me] }
}

proctype Getter(byte me) {
  byte done;
  bool has_slept, is_needed, has_got;
  {
    do
    :: done < GETS ->
      atomic {
        flush(); /* Getting the lock is an atomic change. */
        has_got = HAS_COME;
        if
        :: head = head + has_got
        :: seen_tail - head >= 2 -> head = head + 2
        fi;
        store()
      }
      if
      :: has_got ->
        ring(PUTTERS);
        if
        :: has_slept && HAS_COME -> ring(GETTERS)
        :: else
        fi;
        atomic {
          done++;
          has_slept = false;
          has_got = false
        }
      :: else -> sleep_until(GETTERS, HAS_COME)
      fi
    :: else -> break
    od
  } unless { killed[me] }
}

#ifdef WEAK
proctype Memory() {
  do
  :: seen_tail != tail -> seen_tail = tail
  :: seen_head != head -> seen_head = head
  od
}
#endif

inline kill(who) {
  d_step {
    killed[who] = true;
    sleeps[who] = false;
    somebody_died = true
  }
}

#ifdef VICTIM
proctype Killer() {
  kill(VICTIM)
}
#endif

/* Checked when no process can take a step. */
proctype Clock() {
  do
  :: timeout && somebody_died && ticks < MOST_TICKS ->
    d_step {
      ticks++;
      sleeps[0] = false;
      sleeps[1] = false;
      sleeps[2] = false;
      sleeps[3] = false
    }
  :: timeout && (!somebody_died || ticks == MOST_TICKS) ->
    assert(!HAS_ROOM || !sleeps[0] && !sleeps[1]);
    assert(!HAS_COME || !sleeps[2] && !sleeps[3]);
    break
  od
}

init {
  atomic {
    run Putter(0);
    run Getter(2);
    run Getter(3);
#ifdef WEAK
    run Memory();
#else
    run Putter(1);
#endif
#ifdef VICTIM
    run Killer();
#endif
    run Clock()
  }
}
