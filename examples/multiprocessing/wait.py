# Waits for several things at once in one thread: output of a program, a value in a queue, and the
# end of a process. `wait` says which of them are ready.

from multiprocessing import Event, Process, Queue
from multiprocessing.connection import wait
from subprocess import PIPE, Popen


def work(asked, answers, received):
    asked.wait()
    answers.put(42)
    received.wait()


if __name__ == "__main__":
    asked = Event()
    received = Event()
    answers = Queue()
    worker = Process(target=work, args=(asked, answers, received))
    worker.start()
    program = Popen(["cat"], bufsize=1, stdin=PIPE, stdout=PIPE, text=True)
    program.stdin.write("hello\n")

    working = True
    while working:  # Python's queues have no public handle, so `_reader` it is.
        for ready in wait([program.stdout, answers._reader, worker.sentinel]):
            if ready is program.stdout:
                print("the program printed", program.stdout.readline(), end="")
                asked.set()
            elif ready is answers._reader:
                print("the queue delivered", answers.get())
                received.set()
            else:
                worker.join()
                print("the worker ended with", worker.exitcode)
                working = False
    program.stdin.close()
    program.wait()
