"""Make a failing case small: leave out what it does not need to fail."""


def shrink(items, fails):
    """The items that are left when no run of them can be left out without
    fails(items) becoming false.  Halves are tried first, then quarters, down
    to single items."""
    size = (len(items) + 1) // 2
    while items and size > 0:
        start, left_out = 0, False
        while start < len(items):
            rest = items[:start] + items[start + size:]
            if fails(rest):
                items, left_out = rest, True
            else:
                start += size
        if not left_out or size > len(items):
            size //= 2
    return items
