#!/usr/bin/env python3
"""A peer that sends bytes of its own choice as a message: attacker.py ADDRESS KEY HEX.

ADDRESS is a path, or HOST:PORT; an empty KEY is none.
"""
import sys

from multiprocessing.connection import Client


def main(address, key, message):
    if not address.startswith("/"):
        host, port = address.rsplit(":", 1)
        address = (host, int(port))
    with Client(address, authkey=key.encode() or None) as connection:
        connection.send_bytes(bytes.fromhex(message))
        try:
            connection.recv_bytes()
        except (EOFError, OSError):
            pass


if __name__ == "__main__":
    main(*sys.argv[1:])
