# postern: see README.  "make run" and "make check" install what they need.

VERSION  = 0.1.0
PREFIX   = /usr/local
SBINDIR  = $(PREFIX)/sbin
MANDIR   = $(PREFIX)/share/man
CONFDIR  = /etc/postern

# The one list of packages: to build and run, to test, to lint.
RUN_PACKAGES   = gcc libc6-dev make pkg-config libmilter-dev libpcre2-dev \
		 libconfig-dev libidn2-dev libunistring-dev libcdb-dev \
		 libarchive-dev libmagic-dev libseccomp-dev
TEST_PACKAGES  = $(RUN_PACKAGES) libcmocka-dev miltertest postfix \
		 postfix-pcre postfix-cdb postfix-lmdb liblmdb-dev \
		 uthash-dev libsasl2-modules python3 procps w3m \
		 libarchive-tools p7zip-full genisoimage gcab lhasa \
		 nodejs openssl m4
# Unpacked for a test, not installed, since Postfix is; with what they need.
SENDMAIL_PACKAGES = sendmail-bin sendmail-cf liblockfile1 libwrap0 libsasl2-2 \
		    libldap-2.5-0 libnsl2 libdb5.3
LINT_PACKAGES  = $(RUN_PACKAGES) libcmocka-dev liblmdb-dev uthash-dev \
		 cppcheck mandoc clang clang-tidy python3 binutils findutils
ASAN_PACKAGES  = $(TEST_PACKAGES)
FUZZ_PACKAGES  = $(RUN_PACKAGES) clang libclang-rt-dev python3
BENCH_PACKAGES = $(TEST_PACKAGES) gnuplot-nox
# What it is compared with; each is left out where it cannot be had.
PEER_PACKAGES  = libhyperscan-dev rspamd

CC       = gcc
WARNINGS = -Wall -Wextra -Wpedantic -Wshadow -Werror=implicit \
	   -Wstrict-prototypes -Wmissing-prototypes -Wwrite-strings \
	   -Wformat=2 -Wpointer-arith
OPTIMIZE = -O2 -g -D_FORTIFY_SOURCE=2
HARDEN   = -fPIE -fstack-protector-strong -fstack-clash-protection
SANITIZE =
CFLAGS   = $(OPTIMIZE) $(HARDEN) $(SANITIZE)
CPPFLAGS = -D_GNU_SOURCE -DPOSTERN_VERSION='"$(VERSION)"' -Imilter
LDFLAGS  = -pie -Wl,-z,relro,-z,now $(SANITIZE)
LDLIBS   = -lmilter -lpcre2-8 -lconfig -lidn2 -lunistring -lcdb \
	   -larchive -lmagic -lseccomp -pthread

BUILD    = build
# make Q= shows each command.
Q        = @
ENGINE   = base table message policy session
FACES    = service daemon tool
SRC      = $(wildcard $(patsubst %,milter/%/*.c,$(ENGINE) $(FACES)))
ENGINE_OBJ = $(patsubst %.c,$(BUILD)/%.o,\
	     $(wildcard $(patsubst %,milter/%/*.c,$(ENGINE))))
FACE_OBJ   = $(patsubst %.c,$(BUILD)/%.o,\
	     $(wildcard $(patsubst %,milter/%/*.c,$(FACES))))
SERVICE_OBJ = $(patsubst %.c,$(BUILD)/%.o,$(wildcard milter/service/*.c))
UNIT     = $(patsubst test/unit/%.c,$(BUILD)/unit/%,\
	   $(wildcard test/unit/test_*.c))
HELPERS  = $(patsubst test/bench/%.c,$(BUILD)/bench/%,\
	   $(wildcard test/bench/*.c))
TOOLS    = $(patsubst test/tools/%.c,$(BUILD)/tools/%,\
	   $(wildcard test/tools/*.c))
FUZZERS  = $(patsubst test/fuzz/fuzz_%.c,$(BUILD)/fuzz/%,\
	   $(wildcard test/fuzz/fuzz_*.c))
REPLAYS  = $(patsubst $(BUILD)/fuzz/%,$(BUILD)/replay/%,$(FUZZERS))
# How long `make fuzz` runs each target.
FUZZ_SECONDS = 60
MAN      = $(wildcard milter/*.[158] milter/*/*.[158])

all: $(BUILD)/postern

$(BUILD)/postern: $(BUILD)/milter/main.o $(FACE_OBJ) $(BUILD)/libengine.a
	@echo "ld $@"
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ $(LDLIBS)

$(BUILD)/libengine.a: $(ENGINE_OBJ)
	@rm -f $@
	@ar rcs $@ $^

$(BUILD)/%.o: %.c
	@mkdir -p $(@D)
	@echo "cc $<"
	$(Q)$(CC) -std=c11 $(CPPFLAGS) $(CFLAGS) $(WARNINGS) -MMD -MP \
	    -c -o $@ $<

# Unit tests may also reach the faces, all but main().
$(BUILD)/unit/%: test/unit/%.c $(FACE_OBJ) $(BUILD)/libengine.a
	@mkdir -p $(@D)
	@echo "ld $@"
	$(Q)$(CC) -std=c11 $(CPPFLAGS) $(CFLAGS) $(WARNINGS) -MMD -MP $(LDFLAGS) \
	    -o $@ $< $(FACE_OBJ) $(BUILD)/libengine.a -lcmocka $(LDLIBS)

# Ours is the memory that ends there.
$(BUILD)/unit/test_memory: LDFLAGS += -Wl,--wrap=malloc,--wrap=calloc \
    -Wl,--wrap=realloc

# What we read without the library of its writers is compared with theirs.
$(addprefix $(BUILD)/,unit/test_database unit/test_damage \
    unit/test_lmdb_tree tools/make_database): LDLIBS += -llmdb

$(BUILD)/bench/%: test/bench/%.c $(BUILD)/libengine.a
	@mkdir -p $(@D)
	@echo "ld $@"
	$(Q)$(CC) -std=c11 $(CPPFLAGS) $(CFLAGS) $(WARNINGS) -MMD -MP $(LDFLAGS) \
	    -o $@ $< $(BUILD)/libengine.a $(LDLIBS)

# A peer of the gate, which nothing of ours is linked with.
$(BUILD)/bench/multi: test/bench/peers/multi.c
	@mkdir -p $(@D)
	@echo "ld $@"
	$(Q)$(CC) -std=c11 -D_GNU_SOURCE $(CFLAGS) $(WARNINGS) $(LDFLAGS) \
	    -o $@ $< -lhs -lpcre2-8

# Programs that show tests what a module of the engine or of service/ does.
$(BUILD)/tools/%: test/tools/%.c $(SERVICE_OBJ) $(BUILD)/libengine.a
	@mkdir -p $(@D)
	@echo "ld $@"
	$(Q)$(CC) -std=c11 $(CPPFLAGS) $(CFLAGS) $(WARNINGS) -MMD -MP $(LDFLAGS) \
	    -o $@ $< $(SERVICE_OBJ) $(BUILD)/libengine.a $(LDLIBS)

# Fuzz targets, for libFuzzer, and to give them their corpus without it.
$(BUILD)/fuzz/%: FUZZ_MAIN = -fsanitize=fuzzer
$(BUILD)/replay/%: FUZZ_MAIN = test/fuzz/replay.c
$(BUILD)/fuzz/% $(BUILD)/replay/%: test/fuzz/fuzz_%.c test/fuzz/files.c \
    test/fuzz/replay.c test/fuzz/fuzz.h $(FACE_OBJ) $(BUILD)/libengine.a
	@mkdir -p $(@D)
	@echo "ld $@"
	$(Q)$(CC) -std=c11 $(CPPFLAGS) $(CFLAGS) $(WARNINGS) $(LDFLAGS) \
	    -Wl,--wrap=source_read -o $@ $< test/fuzz/files.c $(FUZZ_MAIN) \
	    $(FACE_OBJ) $(BUILD)/libengine.a $(LDLIBS)

-include $(shell find $(BUILD) -name '*.d' -type f 2>/dev/null)

run: run-packages
	@$(MAKE) --no-print-directory all
	@contrib/demo $(BUILD)/postern conf/demo.conf

check: test-packages
	@$(MAKE) --no-print-directory all unit helpers
	@POSTERN=$(BUILD)/postern BUILD=$(BUILD) test/run

unit: $(UNIT)
helpers: $(HELPERS) $(TOOLS) $(REPLAYS)
fuzzers: $(FUZZERS)

# The same tests with the sanitizers of gcc, in build folders of their own.
asan: test-packages
	@$(MAKE) --no-print-directory check BUILD=build/asan \
	    OPTIMIZE='-O1 -g' \
	    SANITIZE='-fsanitize=address,undefined -fno-sanitize-recover=all'

tsan: test-packages
	@$(MAKE) --no-print-directory check BUILD=build/tsan \
	    OPTIMIZE='-O1 -g' SANITIZE='-fsanitize=thread'

fuzz: fuzz-packages
	@$(MAKE) --no-print-directory fuzzers BUILD=build/fuzz CC=clang \
	    OPTIMIZE='-O1 -g' SANITIZE='-fsanitize=fuzzer-no-link,address,undefined \
	    -fno-sanitize-recover=all'
	@BUILD=build/fuzz FUZZ_SECONDS=$(FUZZ_SECONDS) test/fuzz/run
	@$(MAKE) --no-print-directory all BUILD=build/asan OPTIMIZE='-O1 -g' \
	    SANITIZE='-fsanitize=address,undefined -fno-sanitize-recover=all'
	@POSTERN=$(CURDIR)/build/asan/postern BUILD=$(CURDIR)/build/asan \
	    SECONDS=$(FUZZ_SECONDS) PYTHONPATH=test/lib \
	    test/milter/test_mutated.py

lint: lint-packages
	@test/lint

# SECTIONS="floor scan", PAIRS=3: see test/bench/run.
bench: bench-packages
	@$(MAKE) --no-print-directory all helpers
	@$(MAKE) --no-print-directory $(BUILD)/bench/multi || \
	    echo "Hyperscan is left out"
	@POSTERN=$(BUILD)/postern BUILD=$(BUILD) test/bench/run

soak: test-packages
	@$(MAKE) --no-print-directory all helpers
	@for engine in libmilter native; do POSTERN_ENGINE=$$engine \
	    POSTERN=$(BUILD)/postern BUILD=$(BUILD) test/soak/run || exit 1; \
	    done

install: all
	install -d $(DESTDIR)$(SBINDIR) $(DESTDIR)$(CONFDIR)
	install -d $(foreach s,1 5 8,$(DESTDIR)$(MANDIR)/man$(s))
	install -m 755 $(BUILD)/postern $(DESTDIR)$(SBINDIR)/postern
	for page in $(MAN); do install -m 644 $$page \
	    $(DESTDIR)$(MANDIR)/man$${page##*.}/ || exit 1; done
	for file in conf/postern.conf conf/*_access patterns/*_checks; do \
	    to=$(DESTDIR)$(CONFDIR)/$${file##*/}; \
	    [ -e $$to ] || install -m 644 $$file $$to || exit 1; done

clean:
	rm -rf build

run-packages:
	@contrib/packages $(RUN_PACKAGES)
test-packages:
	@contrib/packages $(TEST_PACKAGES)
sendmail-packages:
	@echo $(SENDMAIL_PACKAGES)
lint-packages:
	@contrib/packages $(LINT_PACKAGES)
fuzz-packages:
	@contrib/packages $(FUZZ_PACKAGES)
bench-packages:
	@contrib/packages $(BENCH_PACKAGES)
	@for name in $(PEER_PACKAGES); do contrib/packages $$name || \
	    echo "$$name cannot be had, and is left out"; done

.PHONY: all run check unit helpers fuzzers asan tsan fuzz lint bench soak \
	install clean run-packages test-packages lint-packages fuzz-packages \
	bench-packages sendmail-packages
