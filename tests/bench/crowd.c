/* crowd N: forks N sleeping children, prints READY, ends them and itself when standard input closes. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char **argv) {
    int count = argc > 1 ? atoi(argv[1]) : 0;
    pid_t *children = calloc(count + 1, sizeof *children), parent = getpid();
    for (int i = 0; i < count; i++) {
        children[i] = fork();
        if (children[i] < 0) { perror("fork"); return 1; }
        if (children[i] == 0) {
            prctl(PR_SET_PDEATHSIG, SIGKILL);
            if (getppid() != parent) _exit(0);
            char name[16];
            snprintf(name, sizeof name, "member-%d", i % 40);
            prctl(PR_SET_NAME, name);
            /* sizes that differ, as a machine's do; volatile, or the compiler would see that nobody reads it */
            size_t size = (size_t)(i % 64) * 4096;
            volatile char *memory = malloc(size + 1);
            for (size_t at = 0; memory && at < size; at += 4096) memory[at] = 1;
            for (;;) pause();
        }
    }
    printf("READY %d\n", count);
    fflush(stdout);
    char byte;
    while (read(0, &byte, 1) > 0) {}
    for (int i = 0; i < count; i++) kill(children[i], SIGKILL);
    while (wait(NULL) > 0) {}
    return 0;
}
