# Connects processes by queues, as the shell connects programs by pipes: one counts, the next one
# squares, and the main process adds.

from multiprocessing import Process, Queue


def count(numbers):
    for number in range(1, 101):
        numbers.put(number)
    numbers.put(None)  # None marks the end.


def square(numbers, squares):
    while (number := numbers.get()) is not None:
        squares.put(number * number)
    squares.put(None)


if __name__ == "__main__":
    numbers = Queue()
    squares = Queue()
    counting = Process(target=count, args=(numbers,))
    squaring = Process(target=square, args=(numbers, squares))
    counting.start()
    squaring.start()

    sum = 0
    while (number := squares.get()) is not None:
        sum += number
    print(sum)
    counting.join()
    squaring.join()
