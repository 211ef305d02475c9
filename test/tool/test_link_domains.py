#!/usr/bin/env python3
"""link_domain_access with cdb: and lmdb: maps of many domains, as postmap
writes them: each host is found below its listed parent, by nothing else, and
many domains cost what few do: a lookup for the host and for each parent.

    test_link_domains.py [DOMAINS]
"""
import json
import os
import random
import shutil
import subprocess
import sys

from scratch import Folder, POSTERN

FEW = 1000
MAILS = 40
LINKS = 250             # in each
# A walk through the map would take hundreds of times as long.
MOST = 4.0


def postmap(folder, kind, path):
    subprocess.run(["postmap", "-c", folder.path, "%s:%s" % (kind, path)],
                   check=True, timeout=300)


def scan(conf, paths):
    """The keys that were found, in order, and the CPU time that it took."""
    before = os.times()
    done = subprocess.run([POSTERN, "scan", "--json", "-c", conf, *paths],
                          check=False, stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL)
    after = os.times()
    said = [json.loads(line) for line in done.stdout.decode().splitlines()]
    return [match["key"] for one in said for match in one["matches"]], (
        after.children_user + after.children_system -
        before.children_user - before.children_system)


def main():
    many = int(sys.argv[1]) if len(sys.argv) > 1 else 300000
    if shutil.which("postmap") is None:
        print("no postmap")
        return 77
    dice = random.Random(1)
    folder = Folder()
    folder.write("main.cf", "compatibility_level = 3.6\n"
                 "lmdb_map_size = 1073741824\n")
    paths, want = [], []
    for number in range(MAILS):
        hosts = ["a%d.b.d%d.%s" % (number * LINKS + n, dice.randrange(2 * FEW),
                                   dice.choice(["listed.example", "x.test"]))
                 for n in range(LINKS)]
        parents = [host.split(".", 2)[2] for host in hosts]
        want += [parent for parent in parents if parent.endswith("example")
                 and int(parent.split(".")[0][1:]) < FEW]
        paths.append(folder.write("m%d" % number, "Subject: x\n\n" + "\n".join(
            "http://%s/x" % host for host in hosts) + "\n"))
    faults = 0
    for kind in "cdb", "lmdb":
        took = {}
        for name, count in ("few", FEW), ("many", many):
            # Others than those that are asked for.
            path = folder.write(name, "".join(
                "d%d.%s\tWARN x\n" % (
                    n, "listed.example" if n < FEW else "other.example")
                for n in range(count)))
            postmap(folder, kind, path)
            conf = folder.write("conf", "link_limit = 0;\nlink_domain_access"
                                " = [ \"%s:%s\" ];\n" % (kind, path))
            found = scan(conf, paths)[0]
            if found != want:
                faults += 1
                print("%s, %s: %d found, not %d" % (kind, name, len(found),
                                                    len(want)))
            took[name] = min(scan(conf, paths)[1] for _ in range(3))
        ratio = took["many"] / max(took["few"], 0.01)
        print("%s: %d links, %.3f s with %d domains, %.2f times that with %d"
              % (kind, MAILS * LINKS, took["few"], FEW, ratio, many))
        faults += ratio > MOST
    return faults > 0


if __name__ == "__main__":
    sys.exit(main())
