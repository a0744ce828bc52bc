/* cold_memory: what it costs to touch a page that nothing touched for five seconds.
 *
 * Where a host takes pages from its virtual machines to see which are in use, this is a hundred times its usual cost, and
 * whoever sleeps long between two looks pays it each time. Prints nanoseconds a page every five seconds. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

enum { PAGES = 1000, SIZE = 4096, SECONDS = 5 };

static double cpu(void) {
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return now.tv_sec * 1e9 + now.tv_nsec;
}
int main(void) {
    static int order[PAGES];
    size_t size = (size_t)PAGES * SIZE;
    volatile char *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) return 1;
    madvise((void *)memory, size, MADV_NOHUGEPAGE);
    for (int i = 0; i < PAGES; i++) order[i] = i;
    for (int i = PAGES - 1; i > 0; i--) { int j = rand() % (i + 1), other = order[i]; order[i] = order[j]; order[j] = other; }
    for (int i = 0; i < PAGES; i++) memory[(size_t)order[i] * SIZE] = 1;
    for (;;) {
        sleep(SECONDS);
        double before = cpu();
        for (int i = 0; i < PAGES; i++) memory[(size_t)order[i] * SIZE + 64 * (order[i] % 60)]++;
        printf("%.0f\n", (cpu() - before) / PAGES);
        fflush(stdout);
    }
}
