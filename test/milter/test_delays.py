#!/usr/bin/env python3
"""Replies that wait: for how long, how many at a time, and that nobody else
waits for them."""
import threading
import time

from milter_client import Client
from postern import Postern

CONF = {
    "recipient_access": ["inline:{no@example.net=REJECT}"],
    "soft_error_limit": 1, "hard_error_limit": 4, "error_sleep_time": 1,
    # They leave open what they have begun.
    "drain_time": 2,
}


class Guest:
    def __init__(self, daemon):
        self.conv = Client(daemon.address, timeout=30).connect()
        self.conv.helo()
        self.conv.mail("<a@example.org>")

    def rcpt(self, address="<no@example.net>"):
        """The reply's code, and the seconds until it came."""
        began = time.monotonic()
        return self.conv.rcpt(address).code, time.monotonic() - began


def test_one():
    """The error after the limit waits, and all that comes then."""
    with Postern(CONF) as daemon:
        guest = Guest(daemon)
        took = [guest.rcpt() for _ in range(4)]
        assert [code for code, _ in took] == [554] * 4, took
        assert took[0][1] < 0.9 and all(t >= 1 for _, t in took[1:]), took
        code, seconds = guest.rcpt("<yes@example.net>")
        assert code == 421 and seconds >= 1, (code, seconds)
        daemon.wait_log("delay: RCPT from .*: 1 errors, each reply waits 1 s")
        daemon.wait_log("reject: RCPT from .*: 421 4.7.0 Error: too many "
                        "errors; .* rule=hard_error_limit")


def test_limit():
    """Those beyond delay_session_limit are not slow, and are counted."""
    with Postern({**CONF, "delay_session_limit": 3,
                  "error_sleep_time": 2}) as daemon:
        guests = [Guest(daemon) for _ in range(8)]
        for guest in guests:
            guest.rcpt()
        took = [None] * len(guests)

        def run(number):
            took[number] = guests[number].rcpt()[1]
        threads = [threading.Thread(target=run, args=(number,))
                   for number in range(len(guests))]
        for thread in threads:
            thread.start()
        time.sleep(0.3)
        # Somebody who has made no error.
        began = time.monotonic()
        other = Guest(daemon)
        assert other.rcpt("<yes@example.net>")[0] == 0
        assert time.monotonic() - began < 1
        for thread in threads:
            thread.join()
        assert sum(seconds >= 2 for seconds in took) == 3, took
        assert sum(seconds < 1 for seconds in took) == 5, took
        daemon.wait_log("delay_session_limit = 3 is reached: replies that "
                        "were not delayed: 1$")


def test_shadow():
    """Nobody notices it."""
    with Postern({**CONF, "mode": "shadow"}) as daemon:
        guest = Guest(daemon)
        took = [guest.rcpt() for _ in range(6)]
        assert all(code == 0 and seconds < 0.9 for code, seconds in took)
        daemon.wait_log("would-delay: RCPT")
        daemon.wait_log("would-reject: RCPT .* 421 4.7.0")


def test_stop():
    """A reply that waits is given before the end."""
    with Postern(CONF) as daemon:
        guest = Guest(daemon)
        guest.rcpt()
        took = []
        thread = threading.Thread(target=lambda: took.append(guest.rcpt()))
        thread.start()
        time.sleep(0.3)
        daemon.signal(15)
        thread.join()
        assert took[0][0] == 554 and took[0][1] >= 1, took
        guest.conv.quit()


def main():
    for test in (test_one, test_limit, test_shadow, test_stop):
        test()
        print(test.__name__)


if __name__ == "__main__":
    main()
