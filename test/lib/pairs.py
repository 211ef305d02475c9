"""Two real Postfix side by side: one with the tables in its main.cf, one with
the same tables in postern.  The same cases go to both, and what came of each
is compared.

    with Pair(main_cf, lists) as pair:
        for case, postfix, postern in pair.run(cases): ...

A Case is one connection with one transaction, and perhaps others before it; a
Result is all that its client and its recipients saw of it:

    replies   one text a command, from the first MAIL to the final dot; before
              MAIL only a refusal
    state     "delivered", "held", "gone" (taken, and nobody got it), "refused"
    sender, rcpts   as delivered; rcpts is a sorted list of (address, NOTIFY)
    data      the message without the Received field of the instance

What is on hold is compared when it has been released, in the same way.
"""
import re
import threading
import time

from postern import Postern, tool, write_conf
from postfix import Postfix, unreceived
from smtp import Closed, wire


class Case:
    """What a client does.  rcpts: addresses, or (address, arguments).
    before: cases whose transactions come first in the same connection;
    message None there: it is given up with RSET."""

    def __init__(self, name, message=b"Subject: x\n\nbody\n",
                 sender="from@example.org", rcpts=("to@example.net",),
                 client="192.0.2.1", client_name="", reverse=None,
                 helo="mail.example.org", raw=False, mail_args="",
                 login=None, before=()):
        self.name, self.message, self.raw = name, message, raw
        self.sender, self.mail_args = sender, mail_args
        self.rcpts = [(rcpt, "") if isinstance(rcpt, str) else rcpt
                      for rcpt in rcpts]
        self.client, self.client_name = client, client_name
        self.reverse, self.helo, self.login = reverse, helo, login
        self.before = before

    def __repr__(self):
        text = "%s: client %r[%s] helo %r login %r from %r to %r\n%r" % (
            self.name, self.client_name, self.client, self.helo, self.login,
            self.sender, self.rcpts, (self.message or b"")[:1500])
        return "\n  before it ".join([text] + [repr(one) for one
                                              in self.before])


class Result:
    def __init__(self):
        self.replies, self.queue_id, self.state = [], None, "refused"
        self.sender, self.rcpts, self.data = None, [], b""

    def __eq__(self, other):
        return self.differences(other) == []

    def differences(self, other):
        """Names of what is not the same."""
        return [name for name in ("replies", "state", "sender", "rcpts",
                                  "data")
                if getattr(self, name) != getattr(other, name)]


def converse(postfix, case):
    """Replies to the commands, queue ids left out; the queue id."""
    result = Result()

    def say(command):
        reply = smtp.command(command)
        result.replies.append(re.sub(r"queued as \w+", "queued", str(reply)))
        return reply

    def transact(one):
        """False where MAIL is refused, perhaps for what came before it."""
        if say("MAIL FROM:<%s> %s" % (one.sender, one.mail_args)).refused:
            return False
        taken = [not say("RCPT TO:<%s> %s" % rcpt).refused
                 for rcpt in one.rcpts]
        if not any(taken) or one.message is None:
            if one is not case:
                say("RSET")
            return True
        smtp.command("DATA")
        smtp.raw(one.message if one.raw else wire(one.message) + b".\r\n")
        reply = smtp.read()
        found = re.search(r"queued as (\w+)", reply.text)
        result.queue_id = found and found[1]
        result.replies.append(re.sub(r"queued as \w+", "queued", str(reply)))
        return True

    try:
        with postfix.smtp(case.client, case.client_name, case.helo,
                          case.login, reverse=case.reverse) as smtp:
            for early in smtp.sent.xclient, smtp.sent.helo:
                if early and early.refused:
                    result.replies.append(str(early))
                    return result
            for one in *case.before, case:
                result.queue_id = None
                if not transact(one):
                    break
    except (Closed, OSError):
        result.replies.append("(closed)")
    return result


def collect(result, deliveries):
    for delivery in deliveries:
        result.sender = delivery.sender
        for rcpt, args in zip(delivery.rcpts, delivery.rcpt_args):
            notify = re.search(r"NOTIFY=(\S+)", args)
            result.rcpts.append((rcpt, notify[1] if notify else ""))
        result.data = unreceived(delivery.data)
    result.rcpts.sort()


class Imported:
    """The postern.conf that `postern import` writes from the settings of a
    running Postfix.  It lacks what it says that it left in main.cf; finish()
    adds that, and nothing else passes for it."""

    def __init__(self, postfix):
        done = tool("import", stdin=postfix.postconf())
        assert done.returncode == 0, done.stderr + done.stdout
        self.text = done.stdout.decode()
        left = self.text.partition("# Left in main.cf, and why.")[2]
        self.left = left.partition("# To attach it")[0]
        self.kept, self.added = [], []

    def has(self, name):
        """The strings of this list, or None."""
        found = re.search(r"(?ms)^%s = \[(.*?)\];$" % name, self.text)
        return found and re.findall(r'^\t"(.*)"', found[1], re.M)

    def finish(self, lists, more):
        """The lists, and what import is not asked for."""
        for name, tables in lists.items():
            if self.has(name) == tables:
                self.kept.append(name)
                continue
            # A list of content checks is left as a whole.
            self.added.append(name)
            for table in [name] if name.endswith("_checks") else [
                    table for table in tables
                    if table not in (self.has(name) or ())]:
                assert re.search(r"[ ]%s$" % re.escape(table), self.left,
                                 re.M), (name, table, self.text)
            more = {**more, name: tables}
        text = re.sub(r"(?m)^listen = .*\n", "", self.text)
        for name in more:
            text = re.sub(r"(?ms)^%s = (\[.*?\]|[^;]*);$" % name, "", text)
        return text + "reload_interval = 0;\n" + write_conf(more)


class Pair:
    """Both instances.  main_cf(write) gives the settings of the one that has
    the tables, write makes a file's path.  postern has what is imported from
    these settings, those of lists(write) that import says it left, and
    `more`."""

    def __init__(self, main_cf, lists, both=None, more=None):
        self.both = both or {}
        self.daemon = Postern()
        try:
            write = self.daemon.folder.write
            self.with_postern = self.plain = None
            self.with_postern = Postfix({
                "smtpd_milters": self.daemon.main_cf, **self.both})
            self.plain = Postfix({**self.both, **main_cf(write)})
            self.imported = Imported(self.plain)
            self.daemon.write_conf(self.imported.finish(lists(write),
                                                        more or {}))
            self.daemon.reload(wait="loaded")
        except BaseException:
            self.close(RuntimeError)
            raise

    def close(self, kind=None):
        for one in (self.plain, self.with_postern):
            if one:
                one.__exit__(kind, None, None)
        self.daemon.__exit__(kind, None, None)

    def __enter__(self):
        return self

    def __exit__(self, kind, error, trace):
        self.close(kind)

    def run(self, cases):
        """Yields (case, Result of Postfix alone, Result with postern)."""
        cases = list(cases)
        results = {}
        threads = [threading.Thread(target=self.one, args=(
            postfix, cases, results)) for postfix in (
                self.plain, self.with_postern)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        for postfix in (self.plain, self.with_postern):
            if isinstance(results[postfix], BaseException):
                raise results[postfix]
        yield from zip(cases, results[self.plain],
                       results[self.with_postern])

    def one(self, postfix, cases, results):
        try:
            got = [converse(postfix, case) for case in cases]
            for result in got:
                self.watch(postfix, result)
            self.release(postfix, [result for result in got
                                   if result.state == "held"])
            results[postfix] = got
        except BaseException as error:
            results[postfix] = error

    @staticmethod
    def watch(postfix, result):
        if not result.queue_id:
            return
        deliveries = postfix.delivered(result.queue_id)
        collect(result, deliveries)
        if postfix.where(result.queue_id) == "hold":
            result.state = "held"
        else:
            result.state = "delivered" if deliveries else "gone"

    @staticmethod
    def release(postfix, held):
        if not held:
            return
        postfix.release("ALL")
        deadline = time.monotonic() + 20
        for result in held:
            # On its way back a file may be in none of the queues for once.
            deliveries = []
            while not deliveries and time.monotonic() < deadline:
                deliveries = postfix.delivered(result.queue_id)
                time.sleep(0.005)
            collect(result, deliveries)
