#!/usr/bin/env python3
"""layers.py OBJECTS - the arrows between the folders of milter/.

Looks at the #include lines of the sources, and with nm at their objects,
which lie in OBJECTS/milter/FOLDER.  Prints each fault; exits 1 if any.
"""
import glob
import os
import re
import subprocess
import sys

# The one list: which folders' headers a folder may include.
MAY = {
    "base": "base",
    "table": "base table",
    "message": "base message",
    "policy": "base table message policy",
    "session": "base table message policy session",
    "service": "base service",
    "daemon": "base table message policy session service daemon",
    "tool": "base table message policy session service tool",
}
ENGINE = "base", "table", "message", "policy", "session"

# Headers, and with them symbols, that only some files know.
ONLY = [  # header, symbols, where
    (r"libconfig", r"config_(?!$)", r"policy/conf"),
    (r"pcre2|uthash|utlist|utarray", r"pcre2_", r"table"),
    (r"uni(?!std).*", r"u8_|u16_|u32_|uc_|uninorm_",
     r"table|message/plain|message/idn_browser"),
    (r"libmilter/.*", r"smfi_", r"daemon/milter"),
    (r"sys/epoll|sys/event", r"epoll_|kqueue|kevent", r"daemon/poller_\w+"),
    (r"cdb|lmdb", r"cdb_|mdb_", r"table"),
    (r"idn2", r"idn2_", r"message/idn"),
    (r"archive|archive_entry", r"archive_",
     r"service/listing(_\w+)?"),
    (r"magic", r"magic_", r"service/content_type"),
    (r"seccomp", r"seccomp_", r"service/sandbox"),
]
# Folders without I/O, clock and environment include only these beside ours.
PURE = "message", "session"
PURE_HEADERS = """assert ctype errno inttypes limits search stdalign stdarg
    stdatomic stdbool stddef stdint stdlib string strings sys/types
    arpa/inet netinet/in sys/socket iconv uninorm unicase idn2""".split()

# What these folders' objects may not refer to.  A table reads through
# base/source.h; libconfig reads for conf.c, which refers to its functions.
NOTHING_OUTSIDE = "table", "message", "policy", "session"
# Nor may these: the protocol goes over buffers, whoever fills them.
NOTHING_OUTSIDE_FILES = r"daemon/(packet|wire(_\w+)?|timers)\.c"
OUTSIDE = set("""
    getenv secure_getenv setenv putenv getopt getopt_long optarg optind
    time clock clock_gettime gettimeofday nanosleep usleep sleep alarm
    open openat creat fopen fdopen freopen read pread readv write pwrite
    writev close fread fwrite fclose fgets fgetc getc getline fputs fputc
    putc puts putchar printf fprintf vprintf vfprintf dprintf vdprintf
    perror fflush stdin stdout stderr stat fstat lstat access unlink rename
    mkstemp mkostemp tmpfile opendir readdir mmap ioctl fcntl poll select
    syslog vsyslog openlog socket connect bind listen accept send sendto
    sendmsg recv recvfrom recvmsg getaddrinfo gethostbyname
    fork vfork execve execv execvp posix_spawn popen system waitpid kill
    raise signal sigaction exit _exit _Exit quick_exit abort
    warn warnx err errx error dlopen
    clock_ms clock_seconds
""".split())
# What no thread may call; the tools have one.
NOWHERE = set("""
    strtok strerror localtime gmtime asctime ctime rand srand random
    inet_ntoa gethostbyname gethostbyaddr getservbyname strsignal tmpnam
    drand48 lrand48 setlocale ttyname getlogin hcreate hsearch lgamma
    strcpy strcat sprintf vsprintf gets
""".split())
STATELESS = ENGINE + ("service",)

faults = 0


def fault(where, text):
    global faults
    faults += 1
    print(f"{where}: {text}")


def check_includes(path):
    name = path[len("milter/"):]
    folder = os.path.dirname(name)
    for number, line in enumerate(open(path, encoding="utf-8"), 1):
        found = re.match(r'\s*#\s*include\s*([<"])([^>"]+)[>"]', line)
        if found is None:
            continue
        where, header = f"{path}:{number}", found[2]
        if found[1] == '"':
            to = os.path.dirname(header)
            if folder != "" and to not in MAY[folder].split():
                fault(where, f"{folder}/ may not include {header}")
            if not os.path.exists("milter/" + header):
                fault(where, f"there is no milter/{header}")
            continue
        bare = header[:-2]
        for theirs, _, here in ONLY:
            if re.fullmatch(theirs, bare) and not re.match(here + r"\b", name):
                fault(where, f"<{header}> is only for {here}")
        if folder in PURE and bare not in PURE_HEADERS:
            fault(where, f"<{header}> in {folder}/, which has no I/O, "
                  "clock or environment")


def plain(symbol):
    """The function's own name: __open64_2, __isoc99_x, __fprintf_chk."""
    symbol = symbol.split("@")[0]
    symbol = re.sub(r"^__isoc\d+_|^_IO_", "", symbol)
    symbol = re.sub(r"^__(\w+)_chk$", r"\1", symbol)
    return re.sub(r"^(?:__)?(\w+?)(?:64)?(?:_2)?$", r"\1", symbol)


def check_object(source, path):
    name = source[len("milter/"):]
    folder = os.path.dirname(name)
    if not os.path.exists(path):
        fault(source, f"{path} is missing")
        return
    lines = subprocess.run(["nm", "-f", "sysv", path], check=True, text=True,
                           stdout=subprocess.PIPE).stdout.splitlines()
    for fields in (line.split("|") for line in lines if "|" in line):
        symbol, kind, section = fields[0].strip(), fields[2].strip(), \
            fields[6].strip()
        if kind == "U":
            own = plain(symbol)
            if own in NOWHERE and folder != "tool":
                fault(source, f"calls {symbol}, which is not for threads")
            if own in OUTSIDE and (folder in NOTHING_OUTSIDE or
                                   re.match(NOTHING_OUTSIDE_FILES, name)):
                fault(source, f"may not call {symbol}")
            for _, theirs, here in ONLY:
                if re.match(theirs, symbol) and not re.match(here + r"\b", name):
                    fault(source, f"{symbol} is only for {here}")
        elif folder in STATELESS and re.match(
                r"\.t?(data|bss)(?!\.rel\.ro)|\*COM", section):
            fault(source, f"{symbol} is a variable that outlives its call")


def main():
    sources = sorted(glob.glob("milter/*.[ch]") + glob.glob("milter/*/*.[ch]"))
    for path in sources:
        folder = os.path.dirname(path[len("milter/"):])
        if folder != "" and folder not in MAY:
            fault(path, "not a folder that we know")
            continue
        check_includes(path)
        if path.endswith(".c"):
            check_object(path, f"{sys.argv[1]}/{path[:-2]}.o")
    return faults > 0


if __name__ == "__main__":
    sys.exit(main())
