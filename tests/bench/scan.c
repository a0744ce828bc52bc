/* scan ROUNDS SECONDS: the steady scan of oomtray/kernel/table.py in C, as the yardstick for its cost.
 *
 * One cached descriptor on oom_score per process and one pread each; no readdir while loadavg names the same newest
 * pid; status and oom_score_adj (and, in rotation, stat, cgroup and exe) of 14 watched, 16 leading and 8 rotating rows; meminfo,
 * pressure and vmstat through cached descriptors, the two sysctls by path.
 * Prints the CPU microseconds of each round. */
#define _GNU_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

enum { LIMIT = 1 << 16, WATCH = 14, LEAD = 16, ROTATE = 8 };
struct row { int pid, fd, adj; char score[8]; long rss, anon, tables, swap; char state, name[64], cgroup[256], exe[256]; unsigned long long start; };
static struct row *rows;
static int count, turn;
static char buffer[1 << 16];

static ssize_t whole(const char *path) {
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return -1;
    ssize_t size = read(fd, buffer, sizeof buffer - 1);
    close(fd);
    if (size >= 0) buffer[size] = 0;
    return size;
}
static long kib(const char *key) {
    char *at = strstr(buffer, key);
    return at ? strtol(at + strlen(key), NULL, 10) : 0;
}
static void details(struct row *row, int anew) {
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/status", row->pid);
    if (whole(path) < 0) return;
    sscanf(buffer, "Name:\t%63[^\n]", row->name);
    char *state = strstr(buffer, "\nState:\t");
    row->state = state ? state[8] : '?';
    row->rss = kib("\nVmRSS:"); row->anon = kib("\nRssAnon:"); row->tables = kib("\nVmPTE:"); row->swap = kib("\nVmSwap:");
    snprintf(path, sizeof path, "/proc/%d/oom_score_adj", row->pid);
    if (whole(path) > 0) row->adj = atoi(buffer);
    if (!anew) return;
    snprintf(path, sizeof path, "/proc/%d/stat", row->pid);
    if (whole(path) > 0) {
        char *at = strrchr(buffer, ')');
        for (int field = 2; at && field < 22; field++) at = strchr(at + 1, ' ');
        row->start = at ? strtoull(at, NULL, 10) : 0;
    }
    snprintf(path, sizeof path, "/proc/%d/cgroup", row->pid);
    if (whole(path) > 0) { char *at = strstr(buffer, "0::"); if (at) sscanf(at, "0::%255[^\n]", row->cgroup); }
    snprintf(path, sizeof path, "/proc/%d/exe", row->pid);
    ssize_t size = readlink(path, row->exe, sizeof row->exe - 1);
    row->exe[size < 0 ? 0 : size] = 0;
}
static void look_for_new(void) {
    DIR *directory = opendir("/proc");
    struct dirent *entry;
    while ((entry = readdir(directory))) {
        int pid = atoi(entry->d_name), known = 0;
        if (pid <= 0) continue;
        for (int i = 0; i < count && !known; i++) known = rows[i].pid == pid;
        if (known) continue;
        char path[64];
        snprintf(path, sizeof path, "/proc/%d/oom_score", pid);
        int fd = open(path, O_RDONLY | O_CLOEXEC);
        if (fd < 0 || count == LIMIT) continue;
        struct row *row = &rows[count++];
        memset(row, 0, sizeof *row);
        row->pid = pid; row->fd = fd;
        details(row, 1);
        if (pread(fd, row->score, 4, 0) < 0) { close(fd); count--; }
    }
    closedir(directory);
}
static double cpu(void) {
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return now.tv_sec * 1e6 + now.tv_nsec / 1e3;
}
int main(int argc, char **argv) {
    int rounds = argc > 1 ? atoi(argv[1]) : 5;
    double seconds = argc > 2 ? atof(argv[2]) : 0;
    struct rlimit files;
    getrlimit(RLIMIT_NOFILE, &files); files.rlim_cur = files.rlim_max; setrlimit(RLIMIT_NOFILE, &files);
    rows = calloc(LIMIT, sizeof *rows);
    int meminfo = open("/proc/meminfo", O_RDONLY), pressure = open("/proc/pressure/memory", O_RDONLY);
    int vmstat = open("/proc/vmstat", O_RDONLY), loadavg = open("/proc/loadavg", O_RDONLY);
    char last[32] = "";
    for (int round = 0; round < rounds + 3; round++) {
        if (round) nanosleep(&(struct timespec){(long)seconds, (long)((seconds - (long)seconds) * 1e9)}, NULL);
        double before = cpu();
        ssize_t size = pread(meminfo, buffer, sizeof buffer - 1, 0);
        buffer[size > 0 ? size : 0] = 0; volatile long total = kib("MemTotal:") + kib("\nMemAvailable:") + kib("\nSwapTotal:") + kib("\nSwapFree:"); (void)total;
        size = pread(pressure, buffer, sizeof buffer - 1, 0);
        size = pread(vmstat, buffer, sizeof buffer - 1, 0);
        buffer[size > 0 ? size : 0] = 0; volatile long kills = kib("\noom_kill "); (void)kills;
        for (int i = 0; i < count; i++) {
            char score[8] = "";
            if (pread(rows[i].fd, score, 4, 0) < 0) { close(rows[i].fd); rows[i--] = rows[--count]; continue; }
            if (memcmp(score, rows[i].score, sizeof score)) { memcpy(rows[i].score, score, sizeof score); details(&rows[i], 0); }
        }
        size = pread(loadavg, buffer, sizeof buffer - 1, 0);
        buffer[size > 0 ? size : 0] = 0;
        char *newest = strrchr(buffer, ' ');
        if (newest && strncmp(newest, last, sizeof last - 1)) { strncpy(last, newest, sizeof last - 1); look_for_new(); }
        for (int i = 0; i < WATCH + LEAD && i < count; i++) { details(&rows[i], 0); pread(rows[i].fd, rows[i].score, 4, 0); }
        for (int i = 0; i < ROTATE && count; i++, turn++) { struct row *row = &rows[turn % count]; details(row, 1); pread(row->fd, row->score, 4, 0); }
        whole("/proc/sys/vm/oom_kill_allocating_task"); whole("/proc/sys/vm/panic_on_oom");
        if (round >= 3) printf("%.0f\n", cpu() - before);
    }
    fprintf(stderr, "%d processes\n", count);
}
