#!/usr/bin/env python3
"""shape.py FILE... - lines over 80 columns (a tab counts up to 8), white
space at their ends, functions of more than 150 lines."""
import sys

COLUMNS = 80
FUNCTION = 150

faults = 0


def fault(path, number, text):
    global faults
    faults += 1
    print(f"{path}:{number}: {text}")


def check(path):
    begin = 0
    for number, line in enumerate(open(path, encoding="utf-8"), 1):
        line = line.rstrip("\n")
        width = len(line.expandtabs(8))
        if width > COLUMNS:
            fault(path, number, f"a line of {width} columns")
        if line != line.rstrip():
            fault(path, number, "white space at the end of the line")
        if line == "{":
            begin = number
        if line.startswith("}"):
            if begin and number - begin + 1 > FUNCTION:
                fault(path, begin,
                      f"a function of {number - begin + 1} lines")
            begin = 0


for name in sys.argv[1:]:
    check(name)
sys.exit(faults > 0)
