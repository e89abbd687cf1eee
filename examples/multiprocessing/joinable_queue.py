# Hands out tasks to workers and waits until every task is done, by a JoinableQueue.

from multiprocessing import JoinableQueue, Process, Value


def work(tasks, total):
    while True:
        task = tasks.get()
        with total:
            total.value += task
        tasks.task_done()


if __name__ == "__main__":
    tasks = JoinableQueue()
    total = Value("i", 0)
    workers = []
    for i in range(3):
        workers.append(Process(target=work, args=(tasks, total), daemon=True))
        workers[-1].start()

    for task in range(1, 11):
        tasks.put(task)
    tasks.join()
    print(f"all tasks are done, the total is {total.value}")
    # The workers wait for more tasks. They are daemons, so the end of the program ends them.
