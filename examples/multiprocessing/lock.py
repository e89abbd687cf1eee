# Lets only one process at a time change a number in shared memory, by a Lock.

from multiprocessing import Lock, Process, RawValue


def deposit(lock, balance):
    for i in range(1000):
        with lock:
            balance.value += 1


if __name__ == "__main__":
    lock = Lock()
    balance = RawValue("i", 0)
    customers = []
    for i in range(4):
        customers.append(Process(target=deposit, args=(lock, balance)))
        customers[-1].start()
    for customer in customers:
        customer.join()
    print(balance.value)
