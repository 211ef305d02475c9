"""Messages in disguise, sent to several Postfixes: who refuses which?

A disguise is (name, message, ...): behind the message stands, for each Postfix
but the last, whether it refuses it.  The last must refuse them all.
"""
import os
import sys

from scratch import TOP


def refused(postfix, message):
    sent = postfix.send(message)
    if sent.rcpts[0].refused or sent.data.refused:
        sys.exit("no: %s" % sent)
    if sent.end.code not in (250, 550, 554):
        sys.exit("neither: %s" % sent)
    return sent.end.code != 250


def accept(messages, *servers):
    """Not to be refused by any of them."""
    for message in messages:
        if any(refused(postfix, message) for postfix in servers):
            sys.exit("refused: %r" % message)


def play(disguises, servers, row=None):
    """Sends all to each of the servers, {name: Postfix}.  row is what a line
    of the table looks like, which is printed for --table.  Returns how many
    the first server found, and how many went otherwise than they should."""
    found = wrong = 0
    for name, message, *want in disguises:
        got = [refused(postfix, message) for postfix in servers.values()]
        found += got[0]
        if row is not None and "--table" in sys.argv:
            print(row % (name, *("found" if one else "-" for one in got)))
        if got != [*want, True]:
            wrong += 1
            print("%s: %s" % (name, ", ".join(
                "%s %s" % pair for pair in zip(servers, got))))
    return found, wrong


def summary(where, disguises, found, wrong):
    """The last line; returns main()'s result."""
    print("%d evasions %s: Postfix finds %d, postern all but %d" % (
        len(disguises), where, found, wrong))
    return wrong > 0


def check_readme(what, disguises):
    """It names them all, and says how many each finds."""
    with open(os.path.join(TOP, "README"), encoding="utf-8") as file:
        text = " ".join(file.read().split())
    both = sum(by_postfix for _, _, by_postfix in disguises)
    for part in ["Of %d %s" % (len(disguises), what),
                 "both find %d:" % both,
                 "postern alone finds %d:" % (len(disguises) - both),
                 *(name for name, _, _ in disguises)]:
        if part not in text:
            sys.exit("the README does not say: %s" % part)
