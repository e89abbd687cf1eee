# Six guests share two seats, which a Semaphore counts. A Barrier lets a guest leave only after
# somebody has sat beside it, so that both seats are really used.

from ctypes import Structure, c_int
from multiprocessing import Barrier, Process, Semaphore, Value


class Count(Structure):
    _fields_ = [("now", c_int), ("most", c_int)]


def visit(seats, company, seated):
    with seats:
        with seated:
            seated.now += 1
            seated.most = max(seated.most, seated.now)
        company.wait()
        with seated:
            seated.now -= 1


if __name__ == "__main__":
    seats = Semaphore(2)
    company = Barrier(2)
    seated = Value(Count)
    guests = []
    for i in range(6):
        guests.append(Process(target=visit, args=(seats, company, seated)))
        guests[-1].start()
    for guest in guests:
        guest.join()
    print(f"at most {seated.most} at once, now {seated.now}")
