# Starts processes in each of the three ways. A context holds the choice, so that one part of a
# program does not choose for the others.

import multiprocessing as mp


def answer(answers, method):
    answers.put(f"hello from a child made by {method}")


if __name__ == "__main__":  # Children of spawn and forkserver import this file.
    for method in ["fork", "spawn", "forkserver"]:
        context = mp.get_context(method)
        answers = context.Queue()
        child = context.Process(target=answer, args=(answers, method))
        child.start()
        print(answers.get(), flush=True)
        child.join()
