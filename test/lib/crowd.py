"""Thousands of milter conversations at a time."""
import concurrent.futures
import resource


class Crowd:
    """Many conversations that are open at the same time.

        with Crowd(client, 3000) as crowd:
            crowd.each("helo", "mail.example.org")
            crowd.each("mail", "<a@b.c>")        # list of Reply
            crowd.run(lambda conv: conv.rcpt("<d@e.f>"), threads=16)

    each() sends to all before it waits for the first, so that all events are
    under way at once; run() calls a function per conversation in a few
    threads.
    """

    def __init__(self, client, count, **settings):
        raise_file_limit(count + 256)
        self.conversations = []
        self.client = client
        try:
            for _ in range(count):
                self.conversations.append(client.open())
            self.run(lambda conv: (conv.negotiate(),
                                   conv.connect(**settings)))
        except BaseException:
            self.close()
            raise

    def each(self, stage, *args):
        """Every conversation's Reply to this stage (a method's name)."""
        for conv in self.conversations:
            conv.deferred = []
            getattr(conv, stage)(*args)
        replies = []
        for conv in self.conversations:
            (name, due), conv.deferred = conv.deferred[0], None
            replies.append(conv.finish(name, due))
        return replies

    def run(self, function, threads=16):
        """[function(conversation)], an exception is raised here."""
        with concurrent.futures.ThreadPoolExecutor(threads) as pool:
            return list(pool.map(function, self.conversations))

    def close(self):
        for conv in self.conversations:
            conv.quit()
        self.conversations = []

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.close()


def raise_file_limit(count):
    """Room for that many open files, as far as the system allows."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != resource.RLIM_INFINITY and soft < count:
        if hard != resource.RLIM_INFINITY:
            count = min(count, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (count, hard))
