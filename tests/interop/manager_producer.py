#!/usr/bin/env python3
"""Puts numbers into the queue `get_queue` of a manager's server: from --first, --count of them."""
import sys

from multiprocessing.managers import BaseManager

import peer_common as pc


class Producer(BaseManager):
    pass


Producer.register('get_queue')


def main():
    ap = pc.parser(__doc__, 'host:port, path, or @abstract')
    ap.add_argument('--first', type=int, default=0)
    ap.add_argument('--count', type=int, default=1000)
    args = ap.parse_args()
    pc.watchdog(args.timeout)
    m = Producer(address=pc.parse_address(args.family, args.address), authkey=pc.authkey(args))
    m.connect()
    q = m.get_queue()
    for i in range(args.first, args.first + args.count):
        q.put({'n': i})
    return 0


if __name__ == '__main__':
    sys.exit(main())
