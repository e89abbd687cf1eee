# Memory that other processes find by its name, and a list in such memory.

from multiprocessing import Process
from multiprocessing.managers import SharedMemoryManager
from multiprocessing.shared_memory import ShareableList, SharedMemory


def square_all(name, results):
    memory = SharedMemory(name)
    numbers = memory.buf.cast("q")
    for i in range(len(numbers)):
        numbers[i] = numbers[i] * numbers[i]
    results[0] = sum(numbers)
    results[1] = "done"
    numbers.release()
    memory.close()


if __name__ == "__main__":
    with SharedMemoryManager() as manager:  # Removes what it has made at the end of the block.
        memory = manager.SharedMemory(1000 * 8)
        numbers = memory.buf.cast("q")
        for i in range(len(numbers)):
            numbers[i] = i
        results = manager.ShareableList([None, "waiting"])

        child = Process(target=square_all, args=(memory.name, results))
        child.start()
        child.join()
        print(numbers[999], results[0], repr(results[1]), sep="\n")
        numbers.release()
