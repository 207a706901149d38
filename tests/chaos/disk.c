// Counts what a process asks of the disk below one folder, and lets one of it fail or end it there.
//
// Preloaded (LD_PRELOAD), so that Python, SQLite and Chroma are served alike. `fault_arm` begins
// to count; the call of that number fails with an errno, and all that come after it are well, or
// fail as well where the fault lasts. Without an errno the process is killed before that call, and
// tells on a descriptor before which. `fault_kill_after` kills it wherever it is by then.

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

// What a call does to the disk; those below `least` are not counted.
enum { READS, CHANGES, GROWS };

static char root[PATH_MAX];
static atomic_long count;
static long fail_at;
static int what, least, lasts, told;

void fault_arm(const char *below, long at, int error, int from, int lasting, int descriptor) {
    root[0] = 0;
    atomic_store(&count, 0);
    fail_at = at;
    what = error;
    least = from;
    lasts = lasting;
    told = descriptor;
    strncpy(root, below, sizeof root - 1);
}

long fault_disarm(void) {
    root[0] = 0;
    return atomic_load(&count);
}

int fault_kill_after(long microseconds) {  // of processor time, so that load moves nothing
    timer_t timer;
    struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGKILL};
    struct itimerspec when = {.it_value = {microseconds / 1000000, microseconds % 1000000 * 1000}};
    return timer_create(CLOCK_PROCESS_CPUTIME_ID, &event, &timer) || timer_settime(timer, 0, &when, 0);
}

static int fails(int does, const char *call, const char *path) {
    if (!root[0] || does < least || !path || strncmp(path, root, strlen(root))) return 0;
    long number = atomic_fetch_add(&count, 1) + 1;
    if (number != fail_at && !(lasts && fail_at && number > fail_at)) return 0;
    if (!what) {
        dprintf(told, "killed %s %s\n", call, path + strlen(root));
        kill(getpid(), SIGKILL);
    }
    errno = what;
    return 1;
}

static int fails_fd(int does, const char *call, int fd) {
    char link[64], path[PATH_MAX];
    if (!root[0] || does < least) return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    int saved = errno;
    ssize_t length = readlink(link, path, sizeof path - 1);
    errno = saved;
    if (length < 0) return 0;
    path[length] = 0;
    return fails(does, call, path);
}

// What is asked by a path from a folder that is open.
static int fails_at(int does, const char *call, int fd, const char *path) {
    int is_below = path && path[0] != '/' && fd != AT_FDCWD;
    return is_below ? fails_fd(does, call, fd) : fails(does, call, path);
}

#define IS_NEW (flags & O_CREAT || (flags & O_TMPFILE) == O_TMPFILE)
#define OPENING (IS_NEW ? GROWS : READS)
#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))
#define BY_PATH(type, does, name, params, path, args) \
    type name params { return fails(does, #name, path) ? -1 : REAL(name) args; }
#define BY_FD(type, does, name, params, fd, args) \
    type name params { return fails_fd(does, #name, fd) ? -1 : REAL(name) args; }
#define BY_PLACE(type, does, name, params, fd, path, args) \
    type name params { return fails_at(does, #name, fd, path) ? -1 : REAL(name) args; }
#define OPENS(name, before, path_fails, ...)                   \
    int name before {                                          \
        mode_t mode = 0;                                       \
        if (IS_NEW) {                                          \
            va_list more;                                      \
            va_start(more, flags);                             \
            mode = va_arg(more, mode_t);                       \
            va_end(more);                                      \
        }                                                      \
        return path_fails ? -1 : REAL(name)(__VA_ARGS__, mode); \
    }

OPENS(open, (const char *p, int flags, ...), fails(OPENING, "open", p), p, flags)
OPENS(open64, (const char *p, int flags, ...), fails(OPENING, "open", p), p, flags)
OPENS(openat, (int fd, const char *p, int flags, ...), fails_at(OPENING, "open", fd, p), fd, p, flags)
OPENS(openat64, (int fd, const char *p, int flags, ...), fails_at(OPENING, "open", fd, p), fd, p, flags)
BY_FD(ssize_t, READS, read, (int fd, void *b, size_t n), fd, (fd, b, n))
BY_FD(ssize_t, READS, pread, (int fd, void *b, size_t n, off_t o), fd, (fd, b, n, o))
BY_FD(ssize_t, READS, pread64, (int fd, void *b, size_t n, off64_t o), fd, (fd, b, n, o))
BY_FD(ssize_t, GROWS, write, (int fd, const void *b, size_t n), fd, (fd, b, n))
BY_FD(ssize_t, GROWS, pwrite, (int fd, const void *b, size_t n, off_t o), fd, (fd, b, n, o))
BY_FD(ssize_t, GROWS, pwrite64, (int fd, const void *b, size_t n, off64_t o), fd, (fd, b, n, o))
BY_FD(ssize_t, GROWS, writev, (int fd, const struct iovec *v, int n), fd, (fd, v, n))
BY_FD(ssize_t, GROWS, sendfile, (int fd, int from, off_t *o, size_t n), fd, (fd, from, o, n))
BY_FD(ssize_t, GROWS, sendfile64, (int fd, int from, off64_t *o, size_t n), fd, (fd, from, o, n))
BY_FD(int, CHANGES, fsync, (int fd), fd, (fd))
BY_FD(int, CHANGES, fdatasync, (int fd), fd, (fd))
BY_FD(int, CHANGES, ftruncate, (int fd, off_t n), fd, (fd, n))
BY_FD(int, CHANGES, ftruncate64, (int fd, off64_t n), fd, (fd, n))
BY_PATH(int, CHANGES, rename, (const char *p, const char *q), p, (p, q))
BY_PLACE(int, CHANGES, renameat, (int a, const char *p, int b, const char *q), a, p, (a, p, b, q))
BY_PLACE(int, CHANGES, renameat2, (int a, const char *p, int b, const char *q, unsigned f), a, p, (a, p, b, q, f))
BY_PATH(int, GROWS, link, (const char *p, const char *q), p, (p, q))
BY_PLACE(int, GROWS, linkat, (int a, const char *p, int b, const char *q, int f), a, p, (a, p, b, q, f))
BY_PATH(int, CHANGES, unlink, (const char *p), p, (p))
BY_PLACE(int, CHANGES, unlinkat, (int fd, const char *p, int f), fd, p, (fd, p, f))
BY_PATH(int, GROWS, mkdir, (const char *p, mode_t m), p, (p, m))
BY_PATH(int, CHANGES, rmdir, (const char *p), p, (p))
