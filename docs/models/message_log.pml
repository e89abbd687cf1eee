/* MessageLog (src/multiprocessing/queues/message_log.cpp): two producers and two consumers. One of
 * the four may be killed at any step. Getting a lock is one step here; robust_lock.pml has the lock.
 *
 * Checked: a message that is got is the one that was put under its number, whole and once. All that
 * was put is got, except what a dead consumer had got. At the end no block and no lock is lost.
 *
 * A block has room for two units. A message takes one unit or both, or it has a block of its own and
 * a record of one unit in the log. The code tries a hint first when it takes a block; the model
 * takes the first block that is free or no longer needed. A block whose memory has been given back is
 * a free one here.
 */

#ifndef FIRST
#define FIRST 7 /* The number of the first message. Numbers wrap around soon. */
#endif
#define NUMBERS 8
#define BLOCKS 6
#define UNITS 2
#define NONE 255

/* Kinds of messages. */
#define SMALL 0
#define WIDE 1
#define LARGE 2

/* What the two producers put. */
#ifndef PLAN0
#define PLAN0 WIDE
#define PLAN1 LARGE
#endif
#define PLAN(me) (me == 0 -> PLAN0 : PLAN1)
/* Options of the compiler, each of which leaves fewer states. VICTIM=N: the process that may be
 * killed. FEW: the second producer puts one message only. ONE_GETS: there is one consumer. SHRINKS: a
 * fifth process gives the memory of free blocks back, whenever it likes. */
#define MOST_PUTS 2
#ifdef FEW
#define PUTS(me) (me == 0 -> 2 : 1)
#else
#define PUTS(me) 2
#endif

/* What a unit of the log holds: nothing, the end of a block, the id of a message, or the record of a
 * block. */
#define END 100
#define RECORD 50

mtype = { is_free, is_taken, is_log, is_queued, is_reading };

typedef BlockState {
  mtype kind = is_free;
  byte sequence;
  byte member
};

BlockState state[BLOCKS]; /* One word in the code, so it changes in one step. */
byte next[BLOCKS];
byte unit[BLOCKS * UNITS];
byte body[BLOCKS];
byte blocks = 1;

/* The ends of the log: one word each in the code. */
byte head_block, head_offset;
byte head_count = FIRST;
byte tail_block, tail_offset;
byte tail_count = FIRST;
byte tail_seen = FIRST;

byte put_owner = NONE;
byte get_owner = NONE;
bool killed[5];
bool is_done[2];

byte put_as[NUMBERS]; /* Which message was put under a number. For the checks. */

#define BETWEEN(a, b) ((b + NUMBERS - a) % NUMBERS)

inline lock(owner) {
  atomic {
    owner == NONE || killed[owner] -> from_dead = owner != NONE;
    owner = me
  }
}

inline set_state(b, k, s, m) {
  d_step {
    state[b].kind = k;
    state[b].sequence = s;
    state[b].member = m
  }
}

/* No other process takes a block meanwhile, but a consumer may free one. */
inline take_block() {
  block = 0;
  do
  :: block < blocks ->
    d_step {
      k = state[block].kind;
      s = state[block].sequence;
      m = state[block].member
    }
    d_step {
      is_pending = BETWEEN(head_count, s) < BETWEEN(head_count, tail_count);
      is_left = (k == is_free) || (k == is_taken && killed[m]) ||
                (k == is_log && !is_pending && block != tail_block && block != head_block) ||
                (k == is_queued && !is_pending) ||
                (k == is_reading && !is_pending && killed[m])
    }
    d_step {
      is_left = is_left && state[block].kind == k && state[block].sequence == s &&
                state[block].member == m;
      if
      :: is_left ->
        state[block].kind = is_taken;
        state[block].sequence = 0;
        state[block].member = me
      :: else -> block++
      fi
    }
    if
    :: is_left -> break
    :: else
    fi
  :: else ->
    assert(blocks < BLOCKS);
    set_state(block, is_taken, 0, me);
    blocks++;
    break
  od;
  atomic {
    k = 0;
    s = 0;
    m = 0;
    is_pending = false;
    is_left = false
  }
}

inline store_tail() {
  d_step {
    tail_block = to_block;
    tail_offset = to_offset;
    tail_count = to_count
  }
}

/* Goes on in a new block unless `size` units fit into this one. */
inline make_room(size) {
  if
  :: to_offset + size <= UNITS
  :: else ->
    take_block();
    next[block] = NONE;
    set_state(block, is_log, to_count, 0);
    if
    :: to_offset < UNITS -> unit[to_block * UNITS + to_offset] = END
    :: else
    fi;
    next[to_block] = block;
    d_step {
      to_block = block;
      to_offset = 0;
      block = 0
    }
  fi
}

inline load_tail() {
  d_step {
    to_block = tail_block;
    to_offset = tail_offset;
    to_count = tail_count
  }
}

inline finish_put(size) {
  d_step {
    to_offset = to_offset + size;
    to_count = (to_count + 1) % NUMBERS;
    put_as[tail_count] = id
  }
  store_tail();
  put_owner = NONE
}

inline put_small(size) {
  lock(put_owner);
  load_tail();
  make_room(size);
#ifdef BROKEN_TAIL
  d_step {
    put_as[tail_count] = id;
    tail_block = to_block;
    tail_offset = to_offset + size;
    tail_count = (to_count + 1) % NUMBERS
  }
#endif
  unit[to_block * UNITS + to_offset] = id;
  if
  :: size == 2 -> unit[to_block * UNITS + to_offset + 1] = id
  :: else
  fi;
#ifdef BROKEN_TAIL
  put_owner = NONE
#else
  finish_put(size)
#endif
}

inline put_large() {
  lock(put_owner);
  take_block();
  put_owner = NONE;
  own = block;
  body[own] = id;
  lock(put_owner);
  load_tail();
  make_room(1);
  unit[to_block * UNITS + to_offset] = RECORD + own;
#ifndef BROKEN_QUEUED
  set_state(own, is_queued, to_count, 0);
#endif
  finish_put(1);
#ifdef BROKEN_QUEUED
  set_state(own, is_queued, (to_count + NUMBERS - 1) % NUMBERS, 0);
#endif
}

proctype Putter(byte me) {
  byte to_block, to_offset, to_count;
  byte block, own, s, m, id, puts;
  mtype k;
  bool from_dead, is_pending, is_left;
  {
    do
    :: puts < PUTS(me) ->
      id = 1 + me * MOST_PUTS + puts;
      if
      :: puts == 0 && PLAN(me) == LARGE -> put_large()
      :: puts == 0 && PLAN(me) == WIDE -> put_small(2)
      :: else -> put_small(1)
      fi;
      puts++
    :: else -> break
    od;
    is_done[me] = true
  } unless { killed[me] }
}

inline give_back(b, was_kind, was_sequence, was_member) {
  d_step {
    if
    :: state[b].kind == was_kind && state[b].sequence == was_sequence &&
       state[b].member == was_member ->
      state[b].kind = is_free;
      state[b].sequence = 0;
      state[b].member = 0
    :: else
    fi
  }
}

/* Reads the next record, and computes the end of the log behind it. */
inline read() {
  d_step {
    at_block = head_block;
    at_offset = head_offset
  }
  if
  :: at_offset == UNITS -> what = END
  :: else -> what = unit[at_block * UNITS + at_offset]
  fi;
  if
  :: what == END ->
    d_step {
      at_block = next[at_block];
      at_offset = 0
    }
    assert(at_block < blocks);
    what = unit[at_block * UNITS]
  :: else
  fi
}

inline move_head() {
  d_step {
    from = head_block;
    k = state[from].kind;
    s = state[from].sequence
  }
  d_step {
    assert(put_as[head_count] != 0);
    assert((what == put_as[head_count]) || (what >= RECORD && what < END));
    id = put_as[head_count];
    put_as[head_count] = 0;
    head_block = at_block;
    head_offset = at_offset;
    head_count = (head_count + 1) % NUMBERS
  }
  if
  :: from != at_block -> give_back(from, k, s, 0)
  :: else
  fi
}

proctype Getter(byte me) {
  byte at_block, at_offset, what, from, s, id, own;
  mtype k;
  bool from_dead;
  {
end:
    do
    :: head_count != tail_count ->
      lock(get_owner);
      if
      :: from_dead || tail_seen == head_count -> tail_seen = tail_count
      :: else
      fi;
      if
      :: tail_seen == head_count
      :: else ->
        read();
        if
        :: what >= RECORD ->
          own = what - RECORD;
          set_state(own, is_reading, head_count, me);
          at_offset = at_offset + 1
        :: what == 1 && PLAN0 == WIDE ->
          assert(unit[at_block * UNITS + at_offset + 1] == what);
          at_offset = at_offset + 2
        :: else -> at_offset = at_offset + 1
        fi;
#ifdef BROKEN_HEAD
        if
        :: at_block != head_block -> set_state(head_block, is_free, 0, 0)
        :: else
        fi;
#endif
        move_head()
      fi;
      get_owner = NONE;
      if
      :: what >= RECORD ->
        assert(body[own] == id);
        assert(state[own].kind == is_reading && state[own].member == me);
        set_state(own, is_free, 0, 0)
      :: else
      fi;
      d_step {
        what = 0;
        own = 0;
        id = 0;
        k = 0;
        s = 0;
        from = 0;
        at_block = 0;
        at_offset = 0;
        from_dead = false
      }
    od
  } unless { killed[me] }
}

#ifdef SHRINKS
/* By the states alone, without a lock. */
proctype Shrinker(byte me) {
  byte b;
  {
    do
    :: b < blocks ->
      atomic {
        if
        :: state[b].kind == is_free ->
          state[b].kind = is_taken;
          state[b].sequence = 0;
          state[b].member = me
        :: else -> goto next_block
        fi
      }
#ifndef BROKEN_SHRINKING
      body[b] = 0;
#endif
      set_state(b, is_free, 0, 0);
#ifdef BROKEN_SHRINKING
      body[b] = 0;
#endif
next_block:
      b++
    :: else -> break
    od
  } unless { killed[me] }
}
#endif

#ifdef VICTIM
proctype Killer() {
  killed[VICTIM] = true
}
#endif

/* Checked when no process can take a step: a block that is in use is the last of the log, or a dead
 * process has left it in a state by which a producer would reclaim it. */
inline check_block() {
  assert(b == tail_block || b == head_block || state[b].kind == is_free || state[b].kind == is_log ||
         state[b].kind == is_queued || killed[state[b].member])
}

proctype End() {
  byte b;
  timeout -> d_step {
    assert(is_done[0] || killed[0]);
    assert(is_done[1] || killed[1]);
    assert(head_count == tail_count && head_block == tail_block);
    assert(put_owner == NONE || killed[put_owner]);
    assert(get_owner == NONE || killed[get_owner]);
    do
    :: b < blocks -> check_block(); b++
    :: else -> break
    od
  }
}

init {
  atomic {
    state[0].kind = is_log;
    state[0].sequence = FIRST;
    next[0] = NONE;
    run Putter(0);
    run Putter(1);
    run Getter(2);
#ifndef ONE_GETS
    run Getter(3);
#endif
#ifdef SHRINKS
    run Shrinker(4);
#endif
#ifdef VICTIM
    run Killer();
#endif
    run End()
  }
}
