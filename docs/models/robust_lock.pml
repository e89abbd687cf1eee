/* RobustLock (src/multiprocessing/memory/robust_lock.cpp): three members acquire and release the
 * lock. One of them may be killed at any step, and the last one may give up waiting at any time.
 *
 * Checked: at most one living member has the lock. If its owner died with it, the next owner learns
 * that. No member waits for ever. Without a death no wake-up is lost, so no member needs the clock.
 * After a death the clock may tick: then sleepers look again.
 *
 * Not modelled: a newcomer sleeps for a moment beside a lock that is reserved. That only keeps it
 * from looking all the time.
 */

#define MEMBERS 3
/* How often each member gets the lock. */
#define ROUNDS(me) (me == 1 -> 2 : 1)
#define MOST_TICKS 2

/* The word of the lock: the owner and the marks. */
#define OWNER(w) ((w) & 7)
#define WAITED_FOR 8
#define RESERVED 16

byte word;
bool sleeps[MEMBERS + 1]; /* Which members sleep in the kernel, on the word and on the owner's liveness slot. */
bool killed[MEMBERS + 1];
bool is_done[MEMBERS + 1];
bool somebody_died;
byte ticks;
byte holder; /* The member that has the lock, dead or alive. For the checks. */

/* Compares and exchanges the word: from `seen` to `wanted`. */
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

/* What the word is to become if it still is `seen`; 0 if this member may not take the lock. */
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

/* futex_waitv(2) compares the word and the owner's liveness slot, and goes to sleep, in one step. */
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
    :: sleeps[me] && killed[OWNER(wanted)] -> sleeps[me] = false /* The kernel wakes it. */
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
  :: !has_it && mark -> wake_one() /* The wake-up may have been for this member, which gives up. */
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

/* Checked when no member can take a step. */
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
