# Lets several processes begin at the same moment: all wait for one Event.

from multiprocessing import Event, Process, Queue


def race(start, arrivals, number):
    start.wait()
    arrivals.put(number)


if __name__ == "__main__":
    start = Event()
    arrivals = Queue()
    runners = []
    for number in [1, 2, 3]:
        runners.append(Process(target=race, args=(start, arrivals, number)))
        runners[-1].start()

    print(f"before the start: {arrivals.qsize()} have arrived", flush=True)
    start.set()
    arrived = {arrivals.get(), arrivals.get(), arrivals.get()}
    print(f"after it: {len(arrived)} have arrived")
    for runner in runners:
        runner.join()
