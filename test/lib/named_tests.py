"""The functions test_...() of a test program, one line for each."""
import sys
import time
import traceback


def run(functions, names):
    """Of functions, as globals() has them, those whose names hold one of
    names, or all where there is none.  Returns the status to exit with."""
    failed = 0
    for name, test in list(functions.items()):
        if not name.startswith("test_") or not callable(test):
            continue
        if names and not any(part in name for part in names):
            continue
        begin = time.monotonic()
        try:
            test()
            word = "ok"
        except Exception as error:
            traceback.print_exc()
            word = "FAILED: " + str(error).partition("\n")[0][:200]
            failed += 1
        print("%s: %s (%.1f s)" % (name, word, time.monotonic() - begin))
        sys.stdout.flush()
    return 1 if failed else 0
