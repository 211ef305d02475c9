/*
 * step_points - places in a pattern of PCRE2 where its work is counted.
 *
 * Most patterns cannot do much: from each byte of the key some others are
 * looked at, and that is all.  Those that can, since a repeat in them may
 * match more or less, are compiled with callouts, in front of repeats and in
 * repeated groups, where PCRE2 (JIT code as well) calls a function of ours.
 * The function counts as steps what the repeat has before it, the length of
 * the run that it can take: one way to go on behind each of its bytes.
 *
 * What a callout leads to, up to the next one, is that run, and behind each
 * byte of it a fixed number of bytes of the pattern, which the steps are
 * multiplied with; so the steps bound the work.  They are what the worst text
 * could have made of the run; where matching succeeds early it did less.
 *
 * A pattern that syntax.h does not know has callouts everywhere
 * (PCRE2_AUTO_CALLOUT), and a step is a byte that was gone over.  Where that
 * makes it too large for PCRE2, its steps are not counted.
 *
 * Callouts change neither what matches nor where groups are; a pattern's own
 * callouts, which did nothing, still do nothing but count.
 */
#ifndef POSTERN_TABLE_STEP_POINTS_H
#define POSTERN_TABLE_STEP_POINTS_H

#define PCRE2_CODE_UNIT_WIDTH	8
#include <pcre2.h>

#include "base/span.h"
#include "table/steps.h"

struct step_points;

/*
 * As pcre2_compile().  *points_r is NULL where there is nothing to count, and
 * else freed with free().
 */
pcre2_code *step_points_compile(struct span pattern, uint32_t options,
    int *error_r, size_t *offset_r, struct step_points **points_r);

/*
 * As pcre2_match(), and PCRE2_ERROR_CALLOUT where there are not enough steps.
 * rule is as in steps_note(); steps may be NULL.
 */
int step_points_match(const struct step_points *points, struct steps *steps,
    const void *rule, const pcre2_code *code, struct span key,
    uint32_t options, pcre2_match_data *data, pcre2_match_context *context);

#endif
