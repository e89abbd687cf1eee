# Runs another program, and a function in another process.

from multiprocessing import Process, Queue
from subprocess import check_output

if __name__ == "__main__":
    print(check_output(["echo", "hello from another program"], text=True), end="", flush=True)
    squares = Queue()
    child = Process(target=lambda queue, x: queue.put(x * x), args=(squares, 7))
    child.start()
    print(squares.get(), "from a function in another process")
