#!/usr/bin/env python3
"""What test/lib/shrink.py leaves of a failing case."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "..", "lib"))

from shrink import shrink                               # noqa: E402

CASES = [
    ([], lambda items: True, []),
    ([1], lambda items: True, []),
    ([1], lambda items: 1 in items, [1]),
    (list(range(200)), lambda items: 3 in items and 77 in items, [3, 77]),
    (list(range(99)), lambda items: items[-1:] == [98], [98]),
    ([1, 2, 1, 2], lambda items: items.count(1) == 2, [1, 1]),
    ([1, 2, 3], lambda items: len(items) >= 2, 2),
]

wrong = 0
for items, fails, want in CASES:
    got = shrink(items, fails)
    if (len(got) if isinstance(want, int) else got) != want:
        print("%r became %r, wanted %r" % (items, got, want))
        wrong += 1
sys.exit(wrong > 0)
