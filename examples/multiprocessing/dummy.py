import multiprocessing.dummy as mp


def greet(out, name):
    out.put('hello ' + name)


if __name__ == '__main__':
    mp.freeze_support()
    queue = mp.Queue()
    process = mp.Process(target=greet, args=(queue, 'bob'))
    process.start()
    print(queue.get())
    process.join()
    print('exit code', process.exitcode)

    with mp.Pool(4) as pool:
        for square in pool.map(lambda x: x * x, [1, 2, 3]):
            print(square)
