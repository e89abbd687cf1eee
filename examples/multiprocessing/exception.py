# An exception of another process is raised in this one, with the stack where it was first raised.

from multiprocessing import Pipe, Process
from multiprocessing.pool import ExceptionWithTraceback, RemoteTraceback


class OutOfPaper(RuntimeError):
    pass


def print_page(tray):
    raise OutOfPaper(f"no paper in the {tray} tray")


def try_to_print(connection, tray):
    try:
        print_page(tray)
    except Exception as error:
        connection.send(ExceptionWithTraceback(error, error.__traceback__))


if __name__ == "__main__":
    ours, theirs = Pipe()
    printing = Process(target=try_to_print, args=(theirs, "upper"))
    printing.start()
    try:
        raise ours.recv()
    except OutOfPaper as error:
        print(f"OutOfPaper: {error}")
        if isinstance(error.__cause__, RemoteTraceback):
            print("It tells where in the other process it comes from.")
    printing.join()
