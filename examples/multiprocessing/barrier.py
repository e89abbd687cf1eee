# Works in two steps: no process begins the second before all have ended the first, by a Barrier.

from multiprocessing import Barrier, Process, RawArray

PARTIES = 4


def work(me, barrier, squares, sums):
    squares[me] = me * me
    barrier.wait()  # Now the neighbour's square is there, too.
    sums[me] = squares[me] + squares[(me + 1) % PARTIES]


if __name__ == "__main__":
    barrier = Barrier(PARTIES)
    squares = RawArray("i", PARTIES)
    sums = RawArray("i", PARTIES)
    workers = []
    for me in range(PARTIES):
        workers.append(Process(target=work, args=(me, barrier, squares, sums)))
        workers[-1].start()
    for worker in workers:
        worker.join()
    for sum in sums:
        print(sum)
