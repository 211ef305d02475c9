/* replay FILE... - give files to a fuzz target, without libFuzzer. */
#include "fuzz.h"

#define INPUT_MAX	((size_t)1 << 20)

int
main(int argc, char *argv[])
{
	for (int i = 1; i < argc; i++) {
		uint8_t *data = malloc(INPUT_MAX), *exact;
		FILE *file = fopen(argv[i], "rb");
		size_t n;

		MUST(file != NULL && data != NULL);
		n = fread(data, 1, INPUT_MAX, file);
		fclose(file);
		/* Of just its size, so that a look past it is found. */
		exact = realloc(data, n > 0 ? n : 1);
		MUST(exact != NULL);
		/* Named before, as nothing is said after a crash. */
		printf("%s\n", argv[i]);
		fflush(stdout);
		LLVMFuzzerTestOneInput(exact, n);
		free(exact);
	}
	return argc > 1 ? 0 : 1;
}
