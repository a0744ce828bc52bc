/* scan: the steady scan of oomtray/kernel/process_table.py in C, as the yardstick for its cost.
 *
 * One cached descriptor on oom_score per process and one pread for every third of them; no readdir while loadavg names the same newest
 * pid, /proc counts no more processes beyond these rows than after the last one, and that is not 60 s ago; status and oom_score_adj of 14 watched and 16 leading rows through cached descriptors, parsed only where they say
 * something new; in every fourth scan these, stat, cgroup and exe of a rotating row by path; meminfo, pressure, vmstat and the three sysctls
 * through cached descriptors.
 * For each line that it reads it scans once and prints the CPU microseconds of that. */
#define _GNU_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { LIMIT = 1 << 16, PIDS = 1 << 22, WATCH = 14, LEAD = 16, TURN = 4, PARTS = 3 };
struct followed { int status, adj; size_t size; char told[4096], told_adj[8]; };
struct row { int pid, fd, adj, look; struct followed *kept; char score[8]; long rss, anon, tables, swap; char state, name[64], cgroup[256], exe[256]; unsigned long long start; };
static struct row *rows;
static int place[PIDS]; /* of a pid in rows, plus one */
static int count, turn, looks, leading[LEAD], watched[WATCH];
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
static void parse_status(struct row *row) {
    sscanf(buffer, "Name:\t%63[^\n]", row->name);
    char *state = strstr(buffer, "\nState:\t");
    row->state = state ? state[8] : '?';
    row->rss = kib("\nVmRSS:"); row->anon = kib("\nRssAnon:"); row->tables = kib("\nVmPTE:"); row->swap = kib("\nVmSwap:");
}
static void follow(struct row *row) {
    struct followed *kept = row->kept;
    if (!kept) {
        char path[64];
        kept = row->kept = calloc(1, sizeof *kept);
        snprintf(path, sizeof path, "/proc/%d/status", row->pid);
        kept->status = open(path, O_RDONLY | O_CLOEXEC);
        snprintf(path, sizeof path, "/proc/%d/oom_score_adj", row->pid);
        kept->adj = open(path, O_RDONLY | O_CLOEXEC);
    }
    ssize_t size = pread(kept->status, buffer, sizeof buffer - 1, 0);
    char adj[8] = "";
    if (size < 0 || pread(kept->adj, adj, sizeof adj - 1, 0) < 0) return; /* gone: the scan that reads its score drops it */
    buffer[size] = 0;
    if (kept->size && (size_t)size >= kept->size && !memcmp(kept->told, buffer, kept->size) && !strcmp(kept->told_adj, adj)) return;
    parse_status(row);
    row->adj = atoi(adj);
    char *last = strstr(buffer, "\nVmSwap:"), *end = last ? strchr(last + 1, '\n') : NULL;
    kept->size = end && end - buffer < (ssize_t)sizeof kept->told ? (size_t)(end - buffer + 1) : 0;
    memcpy(kept->told, buffer, kept->size);
    memcpy(kept->told_adj, adj, sizeof adj);
}
static void details(struct row *row, int anew) {
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/status", row->pid);
    if (whole(path) < 0) return;
    parse_status(row);
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
        int pid = atoi(entry->d_name);
        if (pid <= 0 || pid >= PIDS || place[pid]) continue;
        char path[64];
        snprintf(path, sizeof path, "/proc/%d/oom_score", pid);
        int fd = open(path, O_RDONLY | O_CLOEXEC);
        if (fd < 0 || count == LIMIT) continue;
        struct row *row = &rows[count++];
        memset(row, 0, sizeof *row);
        row->pid = pid; row->fd = fd;
        details(row, 1);
        if (pread(fd, row->score, 4, 0) < 0) { close(fd); count--; }
        else place[pid] = count;
    }
    closedir(directory);
}
static long pages(const struct row *row) { return row->rss + row->swap + row->tables; }
static int bar;
static int by_rank(const void *a, const void *b) {
    const struct row *one = &rows[*(const int *)a], *other = &rows[*(const int *)b];
    int tied = atoi(one->score) >= bar, also = atoi(other->score) >= bar;
    if (tied != also) return also - tied;
    return (pages(other) > pages(one)) - (pages(other) < pages(one));
}
/* The largest of those that share the highest oom_score lead; the first call also chooses what is watched: the next largest. */
static void lead(void) {
    static int order[LIMIT], chosen;
    bar = 0;
    for (int i = 0; i < count; i++) { order[i] = i; if (atoi(rows[i].score) > bar) bar = atoi(rows[i].score); }
    bar--;
    qsort(order, count, sizeof *order, by_rank);
    for (int i = 0; i < LEAD; i++) leading[i] = i < count && atoi(rows[order[i]].score) >= bar ? rows[order[i]].pid : 0;
    for (int i = 0; i < WATCH && !chosen; i++) watched[i] = LEAD + i < count ? rows[order[LEAD + i]].pid : 0;
    chosen = 1;
}
static void reread(const int *pids, int n) {
    for (int i = 0; i < n; i++) {
        struct row *row = pids[i] && place[pids[i]] ? &rows[place[pids[i]] - 1] : NULL;
        if (!row || row->look == looks) continue; /* it leads and is watched */
        row->look = looks;
        follow(row);
    }
}
static double cpu(void) {
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return now.tv_sec * 1e6 + now.tv_nsec / 1e3;
}
int main(void) {
    struct rlimit files;
    getrlimit(RLIMIT_NOFILE, &files); files.rlim_cur = files.rlim_max; setrlimit(RLIMIT_NOFILE, &files);
    rows = calloc(LIMIT, sizeof *rows);
    int meminfo = open("/proc/meminfo", O_RDONLY), pressure = open("/proc/pressure/memory", O_RDONLY);
    int vmstat = open("/proc/vmstat", O_RDONLY), loadavg = open("/proc/loadavg", O_RDONLY);
    int allocating = open("/proc/sys/vm/oom_kill_allocating_task", O_RDONLY), panic = open("/proc/sys/vm/panic_on_oom", O_RDONLY), overcommit = open("/proc/sys/vm/overcommit_memory", O_RDONLY);
    long unlisted = 0;
    time_t listed = 0;
    char last[32] = "", line[16];
    while (fgets(line, sizeof line, stdin)) {
        double before = cpu();
        int stirred = 0;
        looks++;
        ssize_t size = pread(meminfo, buffer, sizeof buffer - 1, 0);
        buffer[size > 0 ? size : 0] = 0; volatile long total = kib("MemTotal:") + kib("\nMemAvailable:") + kib("\nSwapTotal:") + kib("\nSwapFree:"); (void)total;
        size = pread(pressure, buffer, sizeof buffer - 1, 0);
        size = pread(vmstat, buffer, sizeof buffer - 1, 0);
        buffer[size > 0 ? size : 0] = 0; volatile long kills = kib("\noom_kill "); (void)kills;
        int part = (count + PARTS - 1) / PARTS, first = looks % PARTS * part, end = first + part;
        for (int i = 0; i < count; i++) {
            char score[8] = "";
            if (i < first || i >= end) continue;
            if (pread(rows[i].fd, score, 4, 0) < 0) {
                close(rows[i].fd);
                if (rows[i].kept) { close(rows[i].kept->status); close(rows[i].kept->adj); free(rows[i].kept); }
                place[rows[i].pid] = 0;
                rows[i] = rows[--count];
                if (i < count) place[rows[i].pid] = i + 1;
                i--;
                stirred = 1;
                continue;
            }
            if (memcmp(score, rows[i].score, sizeof score)) { memcpy(rows[i].score, score, sizeof score); if (!rows[i].kept) details(&rows[i], 0); stirred = 1; }
        }
        size = pread(loadavg, buffer, sizeof buffer - 1, 0);
        buffer[size > 0 ? size : 0] = 0;
        char *newest = strrchr(buffer, ' ');
        struct stat proc = {0};
        stat("/proc", &proc);
        struct timespec now;
        clock_gettime(CLOCK_MONOTONIC, &now);
        if ((newest && strncmp(newest, last, sizeof last - 1)) || (long)proc.st_nlink > unlisted + count || now.tv_sec - listed >= 60) {
            if (newest) strncpy(last, newest, sizeof last - 1);
            listed = now.tv_sec;
            long counted = proc.st_nlink;
            look_for_new();
            stat("/proc", &proc);
            unlisted = (counted < (long)proc.st_nlink ? counted : (long)proc.st_nlink) - count;
            stirred = 1;
        }
        if (stirred) lead();
        reread(leading, LEAD);
        reread(watched, WATCH);
        if (count && looks % TURN == 0) { struct row *row = &rows[turn % count]; details(row, 1); pread(row->fd, row->score, 4, 0); turn++; }
        char sysctl[16];
        pread(allocating, sysctl, sizeof sysctl, 0); pread(panic, sysctl, sizeof sysctl, 0); pread(overcommit, sysctl, sizeof sysctl, 0);
        printf("%.0f\n", cpu() - before);
        fflush(stdout);
    }
}
