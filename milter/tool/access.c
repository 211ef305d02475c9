/* access - postern access: one lookup of access(5).  See access.h. */
#include "tool/access.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "base/network.h"
#include "message/address.h"
#include "policy/access.h"

static const char usage[] =
    "usage: postern access --class CLASS [--delimiter SET] TYPE:FILE KEY\n"
    "\n"
    "Looks KEY up as access(5) does, and prints the key that matched, a tab\n"
    "and the result.  Exit status: 0 found, 1 not found, 2 an error.\n"
    "\n"
    "      --class CLASS    client or reverse-client (KEY is NAME[ADDRESS]\n"
    "                       or an address), helo, login, sender, recipient,\n"
    "                       header-from, reply-to or link-domain\n"
    "      --delimiter SET  what separates a user from an extension (none)\n"
    "      --dot-parents    parent domains are asked with a dot before them:\n"
    "                       parent_domain_matches_subdomains is false\n"
    "      --srs-unwrap     a sender that a forwarder rewrote, as it was, too\n"
    "  -h, --help           print this\n";

/* What the command line asks for. */
struct request {
	bool has_class;
	enum access_class class;
	bool dot_parents, srs;
	struct span delimiter, table, name, address;
	char address_text[NETWORK_TEXT];
};

static bool
parse_class(const char *word, struct request *request)
{
	static const struct {
		const char *word;
		enum access_class class;
	} classes[] = {
		{ "client", ACCESS_CLIENT },
		{ "reverse-client", ACCESS_REVERSE_CLIENT },
		{ "reverse_client", ACCESS_REVERSE_CLIENT },
		{ "helo", ACCESS_HELO },
		{ "login", ACCESS_LOGIN },
		{ "sender", ACCESS_SENDER },
		{ "recipient", ACCESS_RECIPIENT },
		{ "header-from", ACCESS_HEADER_FROM },
		{ "header_from", ACCESS_HEADER_FROM },
		{ "reply-to", ACCESS_REPLY_TO },
		{ "reply_to", ACCESS_REPLY_TO },
		{ "link-domain", ACCESS_LINK_DOMAIN },
		{ "link_domain", ACCESS_LINK_DOMAIN },
	};

	for (size_t i = 0; i < sizeof(classes) / sizeof(classes[0]); i++)
		if (strcmp(word, classes[i].word) == 0) {
			request->class = classes[i].class;
			request->has_class = true;
			return true;
		}
	return false;
}

/*
 * NAME[ADDRESS] as Postfix logs it, or an address alone; which becomes what
 * the daemon would be given of such a client, however it is written.
 */
static bool
parse_client(struct span key, struct request *request)
{
	size_t open = span_rfind(key, '[');
	struct span address = key;
	struct network parsed;

	request->name = SPAN("");
	if (open < key.n && key.p[key.n - 1] == ']') {
		request->name = span_head(key, open);
		address = span_head(span_skip(key, open + 1),
		    key.n - open - 2);
	}
	if (!address_parse(address, &parsed))
		return false;
	network_format(&parsed, request->address_text);
	request->address = access_plain_address(span_of(
	    request->address_text));
	return true;
}

static bool
parse_key(const char *key, struct request *request)
{
	switch (request->class) {
	case ACCESS_CLIENT:
	case ACCESS_REVERSE_CLIENT:
		if (parse_client(span_of(key), request))
			return true;
		fprintf(stderr, "postern access: \"%s\" is not a client "
		    "(write mail.example.com[192.0.2.1], unknown[192.0.2.1] "
		    "or 192.0.2.1)\n", key);
		return false;
	case ACCESS_HELO:
	case ACCESS_LOGIN:
		request->name = span_of(key);
		return true;
	default:
		break;
	}
	request->name = address_of_path(span_of(key));
	return true;
}

static void
print_complaints(const struct complaints *complaints)
{
	struct buf text;

	buf_init(&text, 65536);
	for (size_t i = 0; i < complaints->n; i++) {
		buf_reset(&text);
		complaint_format(&complaints->list[i], &text);
		fprintf(stderr, "%s\n", buf_string(&text));
	}
	buf_clear(&text);
}

static int
print_answer(enum answer answer, const struct match *match,
    const struct access_key *key)
{
	switch (answer) {
	case ANSWER_HIT:
		if (key->idn)
			fprintf(stderr, "postern access: found by the other "
			    "form of an internationalized domain, which "
			    "Postfix would not look up\n");
		fwrite(key->text.p, 1, key->text.n, stdout);
		putchar('\t');
		fwrite(match->text.p, 1, match->text.n, stdout);
		putchar('\n');
		return fflush(stdout) == 0 ? 0 : 2;
	case ANSWER_MISS:
		return 1;
	case ANSWER_ERROR:
		break;
	}
	fprintf(stderr, "postern access: %s\n", match->why);
	return 2;
}

static int
look_up(const struct table *table, const struct request *request,
    struct scratch_pool *pool)
{
	const struct access_style style = {
		.parents = !request->dot_parents,
		.delimiter = request->delimiter, .null_key = SPAN("<>"),
		.srs = request->srs,
	};
	const struct access_key *key = NULL;
	struct region region;
	struct access_keys keys;
	struct match match;
	enum answer answer;
	int status;

	region_init(&region, (size_t)1 << 20);
	match_init(&match, pool);
	keys = access_keys(request->class, &style, request->name,
	    request->address, &region);
	answer = access_find(table, &keys, &match, &key);
	status = print_answer(answer, &match, key);
	match_clear(&match);
	region_clear(&region);
	return status;
}

static int
run(const struct request *request)
{
	const struct table_options options = {
		.compatible = true, .file = "postern access",
	};
	struct scratch_pool *pool = scratch_pool_new();
	struct complaints complaints;
	struct sources sources;
	struct table *table;
	int status = 2;

	complaints_init(&complaints);
	sources_init(&sources);
	table = table_open(request->table, &options, &sources, &complaints);
	print_complaints(&complaints);
	if (table != NULL && pool != NULL)
		status = look_up(table, request, pool);
	table_free(&table);
	scratch_pool_free(&pool);
	sources_clear(&sources);
	complaints_clear(&complaints);
	return status;
}

static int
wrong_usage(void)
{
	fputs(usage, stderr);
	return 2;
}

int
access_main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "class", required_argument, NULL, 'c' },
		{ "delimiter", required_argument, NULL, 'd' },
		{ "dot-parents", no_argument, NULL, 'p' },
		{ "srs-unwrap", no_argument, NULL, 's' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 }
	};
	struct request request = { .has_class = false };
	int option;

	while ((option = getopt_long(argc, argv, "h", options, NULL)) != -1) {
		switch (option) {
		case 'c':
			if (!parse_class(optarg, &request)) {
				fprintf(stderr, "postern access: \"%s\" is "
				    "no class\n", optarg);
				return wrong_usage();
			}
			break;
		case 'd':
			request.delimiter = span_of(optarg);
			break;
		case 'p':
			request.dot_parents = true;
			break;
		case 's':
			request.srs = true;
			break;
		case 'h':
			fputs(usage, stdout);
			return 0;
		default:
			return wrong_usage();
		}
	}
	if (!request.has_class || argc - optind != 2)
		return wrong_usage();
	request.table = span_of(argv[optind]);
	if (!parse_key(argv[optind + 1], &request))
		return 2;
	return run(&request);
}
