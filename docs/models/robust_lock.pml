/* RobustLock (src/multiprocessing/robust_lock.cpp): three members get and release it, one of whom may
 * be killed at any step, and the last of whom may give up waiting at any time.
 *
 * Holds: at most one who lives has it; who has it next learns that the last one has died with it; and
 * nobody waits for ever. Without a death nobody needs the clock: no wake-up is lost. After one the
 * clock may tick: those who sleep look again.
 *
 * Not here: the millisecond that who has just come sleeps beside a lock that is reserved. It only
 * keeps him from looking all the time.
 */

#define MEMBERS 3
/* How often each gets it. */
#define ROUNDS(me) (me == 1 -> 2 : 1)
#define MOST_TICKS 2

/* The word: the owner, and the marks. */
#define OWNER(w) ((w) & 7)
#define WAITED_FOR 8
#define RESERVED 16

byte word;
bool sleeps[MEMBERS + 1]; /* In the kernel, on the word and on the owner's liveness slot. */
bool killed[MEMBERS + 1];
bool is_done[MEMBERS + 1];
bool somebody_died;
byte ticks;
byte holder; /* Who has it in truth, dead or alive. */

/* Gets the word from `seen` to `wanted`. */
inline compare_exchange(wanted) {
  d_step {
    if
    :: word == seen ->
      word = wanted;
      assert(holder == 0 || killed[holder]);
      assert((OWNER(seen) != 0) == (holder != 0)); /* What `from_dead_member` says. */
      holder = me;
      has_it = true
    :: else
    fi
  }
}

inline wake_one() {
  atomic {
    if
    :: sleeps[1] -> sleeps[1] = false
    :: sleeps[2] -> sleeps[2] = false
    :: sleeps[3] -> sleeps[3] = false
    :: else
    fi
  }
}

/* What the lock is to become as it was `seen`, or 0 if it is not for us. */
inline try_step() {
  wanted = 0;
  if
  :: (seen & RESERVED) && !mark && !is_last_look
  :: else ->
    if
    :: OWNER(seen) == 0 -> wanted = me | mark
    :: OWNER(seen) != 0 && killed[OWNER(seen)] -> wanted = me | (seen & WAITED_FOR) | mark
    :: else
    fi
  fi
}

/* futex_waitv(2) looks at the word and at the owner's liveness slot, and sleeps, in one step. */
inline sleep() {
  d_step {
    if
    :: word == seen && OWNER(seen) != 0 -> word = wanted
    :: else -> wanted = 0
    fi
  }
  d_step {
    if
    :: wanted != 0 && word == wanted && !killed[OWNER(wanted)] -> sleeps[me] = true
    :: else
    fi
  }
  atomic {
    if
    :: !sleeps[me]
    :: sleeps[me] && killed[OWNER(wanted)] -> sleeps[me] = false /* The kernel wakes him. */
    fi;
    wanted = 0;
    seen = 0
  }
}

inline acquire() {
  compare_exchange(me);
  do
  :: has_it -> break
  :: else ->
    atomic {
      seen = word;
      if
      :: me == MEMBERS -> is_last_look = true
      :: true
      fi;
      try_step()
    }
    if
    :: wanted != 0 -> compare_exchange(wanted)
    :: else
    fi;
    if
    :: has_it || is_last_look -> break
    :: else
    fi;
    atomic {
      seen = word;
#ifndef BROKEN_MARK
      mark = WAITED_FOR;
#endif
      if
      :: wanted = seen | WAITED_FOR
      :: wanted = seen | WAITED_FOR | RESERVED
      fi
    }
    sleep()
  od;
  if
#ifndef BROKEN_LEAVING
  :: !has_it && mark -> wake_one() /* In case that a wake-up came for this one, which goes. */
#endif
  :: else
  fi;
  d_step {
    mark = 0;
    wanted = 0;
    seen = 0;
    is_last_look = false
  }
}

inline release() {
  d_step {
    assert(holder == me && OWNER(word) == me);
    seen = word;
    word = 0;
    holder = 0
  }
  if
  :: seen & WAITED_FOR ->
    if
    :: seen & RESERVED -> word = word | RESERVED
    :: else
    fi;
    wake_one()
  :: else
  fi;
  d_step {
    seen = 0;
    has_it = false
  }
}

proctype Member(byte me) {
  byte seen, wanted, mark, rounds;
  bool is_last_look, has_it;
  {
    do
    :: rounds < ROUNDS(me) ->
      acquire();
      if
      :: has_it -> release()
      :: else
      fi;
      rounds++
    :: else -> break
    od;
    is_done[me] = true
  } unless { killed[me] }
}

inline kill(who) {
  d_step {
    killed[who] = true;
    sleeps[who] = false;
    somebody_died = true
  }
}

proctype Killer() {
  if
  :: kill(1)
  :: kill(2)
  :: kill(3)
  :: true
  fi
}

/* What is true when nobody can do anything. */
proctype Clock() {
  do
  :: timeout && somebody_died && ticks < MOST_TICKS ->
    d_step {
      ticks++;
      sleeps[1] = false;
      sleeps[2] = false;
      sleeps[3] = false
    }
  :: timeout && (!somebody_died || ticks == MOST_TICKS) ->
    assert(is_done[1] || killed[1]);
    assert(is_done[2] || killed[2]);
    assert(is_done[3] || killed[3]);
    break
  od
}

init {
  atomic {
    run Member(1);
    run Member(2);
    run Member(3);
    run Killer();
    run Clock()
  }
}
