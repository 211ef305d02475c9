/*
 * value - what is written behind a setting's name, and whether it is one.
 *
 * The reader of postern.conf makes values of what libconfig has read; here
 * they are compared with what the table of settings asks for, and stored.
 */
#ifndef POSTERN_POLICY_VALUE_H
#define POSTERN_POLICY_VALUE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "policy/conf.h"
#include "policy/settings.h"

enum value_kind {
	VALUE_BOOL, VALUE_NUMBER, VALUE_TEXT, VALUE_LIST,
	VALUE_OTHER		/* a fraction, a group: never right */
};

struct value {
	enum value_kind kind;
	bool yes;
	long long number;
	struct span text;	/* a C string, too; of OTHER: what it is */
	struct conf_list list;	/* lives as long as the struct conf */
};

/*
 * Stores the value in the setting's member.  False, and the member as it was,
 * where it cannot be; why (empty before) says what was found and what would
 * be right.
 */
bool value_store(struct conf *conf, const struct setting *setting,
    const struct value *value, struct buf *why);

/* Makes the member `to` what the member of the same type `from` is. */
void value_copy(struct conf *conf, const struct setting *to,
    const struct setting *from);

/* Writes the value as postern.conf has it. */
void value_format(const struct conf *conf, const struct setting *setting,
    struct buf *out);

/* True where it is written the same in both. */
bool value_same(const struct conf *a, const struct conf *b,
    const struct setting *setting);

#endif
