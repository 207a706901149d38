// Counts what a process asks of the disk below one folder, and lets one of it fail.
//
// Preloaded (LD_PRELOAD), so that Python, SQLite and Chroma are served alike. `fault_arm` begins
// to count; the call of that number fails with an errno, and all that come after it are well.

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

static char root[PATH_MAX];
static atomic_long count;
static long fail_at;
static int what;

void fault_arm(const char *below, long at, int error) {
    root[0] = 0;
    atomic_store(&count, 0);
    fail_at = at;
    what = error;
    strncpy(root, below, sizeof root - 1);
}

long fault_disarm(void) {
    root[0] = 0;
    return atomic_load(&count);
}

static int fails(const char *path) {
    if (!root[0] || !path || strncmp(path, root, strlen(root))) return 0;
    if (atomic_fetch_add(&count, 1) + 1 != fail_at) return 0;
    errno = what;
    return 1;
}

static int fails_fd(int fd) {
    char link[64], path[PATH_MAX];
    if (!root[0]) return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    int saved = errno;
    ssize_t length = readlink(link, path, sizeof path - 1);
    errno = saved;
    if (length < 0) return 0;
    path[length] = 0;
    return fails(path);
}

// What is asked by a path from a folder that is open.
static int fails_at(int fd, const char *path) {
    return path && path[0] != '/' && fd != AT_FDCWD ? fails_fd(fd) : fails(path);
}

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))
#define BY_PATH(type, name, params, path, args) \
    type name params { return fails(path) ? -1 : REAL(name) args; }
#define BY_FD(type, name, params, fd, args) \
    type name params { return fails_fd(fd) ? -1 : REAL(name) args; }
#define BY_PLACE(type, name, params, fd, path, args) \
    type name params { return fails_at(fd, path) ? -1 : REAL(name) args; }
#define OPENS(name, before, path_fails, ...)                   \
    int name before {                                          \
        mode_t mode = 0;                                       \
        if (flags & (O_CREAT | O_TMPFILE)) {                   \
            va_list more;                                      \
            va_start(more, flags);                             \
            mode = va_arg(more, mode_t);                       \
            va_end(more);                                      \
        }                                                      \
        return path_fails ? -1 : REAL(name)(__VA_ARGS__, mode); \
    }

OPENS(open, (const char *p, int flags, ...), fails(p), p, flags)
OPENS(open64, (const char *p, int flags, ...), fails(p), p, flags)
OPENS(openat, (int fd, const char *p, int flags, ...), fails_at(fd, p), fd, p, flags)
OPENS(openat64, (int fd, const char *p, int flags, ...), fails_at(fd, p), fd, p, flags)
BY_FD(ssize_t, read, (int fd, void *b, size_t n), fd, (fd, b, n))
BY_FD(ssize_t, pread, (int fd, void *b, size_t n, off_t o), fd, (fd, b, n, o))
BY_FD(ssize_t, pread64, (int fd, void *b, size_t n, off64_t o), fd, (fd, b, n, o))
BY_FD(ssize_t, write, (int fd, const void *b, size_t n), fd, (fd, b, n))
BY_FD(ssize_t, pwrite, (int fd, const void *b, size_t n, off_t o), fd, (fd, b, n, o))
BY_FD(ssize_t, pwrite64, (int fd, const void *b, size_t n, off64_t o), fd, (fd, b, n, o))
BY_FD(ssize_t, writev, (int fd, const struct iovec *v, int n), fd, (fd, v, n))
BY_FD(ssize_t, sendfile, (int fd, int from, off_t *o, size_t n), fd, (fd, from, o, n))
BY_FD(ssize_t, sendfile64, (int fd, int from, off64_t *o, size_t n), fd, (fd, from, o, n))
BY_FD(int, fsync, (int fd), fd, (fd))
BY_FD(int, fdatasync, (int fd), fd, (fd))
BY_FD(int, ftruncate, (int fd, off_t n), fd, (fd, n))
BY_FD(int, ftruncate64, (int fd, off64_t n), fd, (fd, n))
BY_PATH(int, rename, (const char *p, const char *q), p, (p, q))
BY_PLACE(int, renameat, (int a, const char *p, int b, const char *q), a, p, (a, p, b, q))
BY_PLACE(int, renameat2, (int a, const char *p, int b, const char *q, unsigned f), a, p, (a, p, b, q, f))
BY_PATH(int, link, (const char *p, const char *q), p, (p, q))
BY_PLACE(int, linkat, (int a, const char *p, int b, const char *q, int f), a, p, (a, p, b, q, f))
BY_PATH(int, unlink, (const char *p), p, (p))
BY_PLACE(int, unlinkat, (int fd, const char *p, int f), fd, p, (fd, p, f))
BY_PATH(int, mkdir, (const char *p, mode_t m), p, (p, m))
BY_PATH(int, rmdir, (const char *p), p, (p))
