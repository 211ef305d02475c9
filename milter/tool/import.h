/*
 * import - postern import: a postern.conf from the settings of a Postfix.
 */
#ifndef POSTERN_TOOL_IMPORT_H
#define POSTERN_TOOL_IMPORT_H

/*
 * 0 where what was written passes postern check, 1 where it does not, 2 on
 * an error, and then nothing is written.
 */
int import_main(int argc, char **argv);

#endif
