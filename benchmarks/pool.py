"""The lines of pool.cpp that Python's Pool has, too."""

import multiprocessing
import statistics
import time

WORKERS = 2


def same(x):
    return x


def spin_for(nanoseconds):
    end = time.perf_counter_ns() + nanoseconds
    while time.perf_counter_ns() < end:
        pass
    return 0


def median_seconds(body, rounds=3):
    times = []
    for _ in range(rounds):
        begin = time.perf_counter()
        body()
        times.append(time.perf_counter() - begin)
    return statistics.median(times)


def rate(title, count, body):
    print(f"{title:<52}{count / median_seconds(body):>14.0f} /s")


def share_of_ideal(title, ideal, body):
    print(f"{title:<52}{ideal / median_seconds(body):>14.3f} of ideal")


def gather(pool, count):
    for result in [pool.apply_async(same, (n,)) for n in range(count)]:
        result.get()


if __name__ == "__main__":
    with multiprocessing.get_context("fork").Pool(WORKERS) as pool:
        rate("no-op, apply_async each and gather", 20000, lambda: gather(pool, 20000))
        rate("no-op, each awaited before the next", 5000,
             lambda: [pool.apply(same, (n,)) for n in range(5000)])
        rate("no-op, map, chunksize 1", 50000, lambda: pool.map(same, range(50000), chunksize=1))
        rate("no-op, map, chunksize 100", 500000,
             lambda: pool.map(same, range(500000), chunksize=100))
        rate("no-op, imap, chunksize 1", 50000, lambda: list(pool.imap(same, range(50000))))
        share_of_ideal("600 tasks of 1 ms", 0.6 / WORKERS,
                       lambda: pool.map(spin_for, [1_000_000] * 600, chunksize=1))
        unequal = [10_000_000 if n % 50 == 25 else 100_000 for n in range(500)]
        share_of_ideal("500 tasks, one in fifty a hundred times as long",
                       sum(unequal) * 1e-9 / WORKERS,
                       lambda: pool.map(spin_for, unequal, chunksize=1))
