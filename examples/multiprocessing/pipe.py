# Sends values of its own types to another process and back. The types need no code for that.

from collections import Counter
from dataclasses import dataclass
from multiprocessing import Pipe, Process


@dataclass
class Order:
    text: str
    words: list


def count_words(connection):
    while (order := connection.recv()) is not None:
        counts = Counter()
        for word in order.words:
            counts[word] += order.text.count(word)
        connection.send(counts)


if __name__ == "__main__":
    ours, theirs = Pipe()
    counting = Process(target=count_words, args=(theirs,))
    counting.start()

    ours.send(Order(text="a rose is a rose is a rose", words=["rose", "is"]))
    for word, count in sorted(ours.recv().items()):
        print(f"{word}: {count}")
    ours.send(None)  # No more orders.
    counting.join()
