# Two processes meet at an address, and prove to each other that they know the same key. Either
# side may as well be C++: run listener.cpp, which is the same program.

from multiprocessing import Process
from multiprocessing.connection import Client, Listener


def greet(path):
    server = Client(path, authkey=b"secret")
    server.send_bytes(b"hello")
    print("the server said:", server.recv_bytes().decode())


if __name__ == "__main__":
    listener = Listener(authkey=b"secret")
    client = Process(target=greet, args=(listener.address,))
    client.start()
    connection = listener.accept()
    print("the client said:", connection.recv_bytes().decode(), flush=True)
    connection.send_bytes(b"welcome")
    client.join()
