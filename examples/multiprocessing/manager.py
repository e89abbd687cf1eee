import multiprocessing as mp


def count(words, counts):
    while True:
        word = words.get()
        if word is None:
            break
        counts[word] = counts.get(word, 0) + 1
        words.task_done()


if __name__ == '__main__':
    manager = mp.Manager()
    words = manager.JoinableQueue()
    counts = manager.dict()

    worker = mp.get_context('fork').Process(target=count, args=(words, counts))
    worker.start()
    for word in ['to', 'be', 'or', 'not', 'to', 'be']:
        words.put(word)
    words.join()
    words.put(None)
    worker.join()

    print(counts)
    try:
        counts['that']
    except KeyError as error:
        print('KeyError:', error)
    items = manager.list([3, 1, 2])
    items.sort()
    print(items)
