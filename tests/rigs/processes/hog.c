/* hog [-n NAME] [-s STEP_KB] [-d DELAY_US] MB
 *
 * Holds MB of anonymous memory, each page touched; 0 grows until something stops it. Prints "READY PID MB" when
 * it holds them. Then each line "MB" on standard input makes it grow by so much and print the line again, a line
 * "oom" makes it grow until the kernel has killed somebody for want of memory; at the end of input it just stays.
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

static size_t step = 1 << 20;
static useconds_t delay;
static size_t held;

/* how many processes the kernel has killed for want of memory since it started */
static long kills(void)
{
	static const char field[] = "oom_kill ";
	char line[128];
	long count = -1;
	FILE *vmstat = fopen("/proc/vmstat", "r");

	if (!vmstat)
		return count;
	while (count < 0 && fgets(line, sizeof line, vmstat))
		if (strncmp(line, field, sizeof field - 1) == 0)
			count = atol(line + sizeof field - 1);
	fclose(vmstat);
	return count;
}

/* until `goal` is held, 0: without end; or, where it is not negative, until more than `killed` were killed */
static void grow(size_t goal, long killed)
{
	while ((goal == 0 || held < goal) && (killed < 0 || kills() <= killed)) {
		size_t size = goal != 0 && goal - held < step ? goal - held : step;
		char *memory = mmap(NULL, size, PROT_READ | PROT_WRITE,
				    MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);

		if (memory == MAP_FAILED) {
			perror("hog: mmap");
			exit(1);
		}
		/* what populating could not get is asked for again, page by page */
		for (size_t at = 0; at < size; at += 4096)
			memory[at] = 0x5a;
		held += size;
		if (delay)
			usleep(delay);
	}
	printf("READY %d %zu\n", getpid(), held >> 20);
	fflush(stdout);
}

static void fill(size_t mb)
{
	grow(mb == 0 ? 0 : held + (mb << 20), -1);
}

int main(int argc, char **argv)
{
	char line[64];
	int option;

	while ((option = getopt(argc, argv, "n:s:d:")) != -1) {
		switch (option) {
		case 'n': prctl(PR_SET_NAME, optarg); break;
		case 's': step = strtoul(optarg, NULL, 10) << 10; break;
		case 'd': delay = strtoul(optarg, NULL, 10); break;
		default: return 2;
		}
	}
	if (optind != argc - 1 || step == 0) {
		fprintf(stderr, "usage: hog [-n NAME] [-s STEP_KB] [-d DELAY_US] MB\n");
		return 2;
	}
	fill(strtoul(argv[optind], NULL, 10));
	while (fgets(line, sizeof line, stdin)) {
		if (strcmp(line, "oom\n") == 0)
			grow(0, kills());
		else
			fill(strtoul(line, NULL, 10));
	}
	for (;;)
		pause();
}
