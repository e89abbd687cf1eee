# Counts words in two processes, in one dict. It lies in a manager, a server process.

from multiprocessing import Lock, Manager, Process


def count(counts, lock, text):
    for word in text.split():
        with lock:
            counts[word] = counts.get(word, 0) + 1


if __name__ == "__main__":
    with Manager() as manager:
        counts = manager.dict()
        lock = Lock()
        first = Process(target=count, args=(counts, lock, "a rose is a rose"))
        second = Process(target=count, args=(counts, lock, "is a rose"))
        first.start()
        second.start()
        first.join()
        second.join()

        for word, number in sorted(counts.items()):
            print(f"{word}: {number}")
