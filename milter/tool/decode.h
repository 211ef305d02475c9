/* decode - postern decode: what a reader sees of stored messages. */
#ifndef POSTERN_TOOL_DECODE_H
#define POSTERN_TOOL_DECODE_H

int decode_main(int argc, char **argv);

#endif
