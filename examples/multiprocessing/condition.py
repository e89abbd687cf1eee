# Hands numbers to another process through one place in shared memory. A Condition lets each side
# wait until the place is as it needs it.

from multiprocessing import Condition, Process, RawValue

NOTHING = 0


def take_three(changed, place):
    for i in range(3):
        with changed:
            changed.wait_for(lambda: place.value != NOTHING)
            print(f"took {place.value}")
            place.value = NOTHING
            changed.notify()


if __name__ == "__main__":
    changed = Condition()
    place = RawValue("i", NOTHING)
    taker = Process(target=take_three, args=(changed, place))
    taker.start()
    for number in [10, 20, 30]:
        with changed:
            changed.wait_for(lambda: place.value == NOTHING)
            place.value = number
            changed.notify()
    taker.join()
