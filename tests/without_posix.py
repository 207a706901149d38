"""Run as a program: what Windows does not have is taken away, then all of archmem is imported.

Other people's packages, and what of Python's own library takes another way there, are imported
before. Paths stay those of this system, since no other can be had here; the name of the system is
Windows', so that whatever asks for it goes Windows' way. The folder that is named is written to.
"""

import importlib
import os
import pathlib
import pkgutil
import signal
import socket
import subprocess
import sys
import types

OURS = ("memory", "indexer", "cli", "archmem")
MODULES = (
    "fcntl",
    "grp",
    "posix",
    "pty",
    "pwd",
    "readline",
    "resource",
    "syslog",
    "termios",
    "tty",
)
#: What `os` has on Unix alone, by its documentation.
OF_OS = """
chown chroot confstr ctermid fchdir fchmod fchown fork forkpty fpathconf fstatvfs getegid geteuid
getgid getgrouplist getgroups getloadavg getpgid getpgrp getpriority getresgid getresuid getsid
getuid getxattr initgroups killpg lchown listxattr lockf major makedev minor mkfifo mknod nice
openpty pathconf pipe2 posix_fadvise posix_fallocate posix_spawn posix_spawnp pread preadv pwrite
pwritev readv register_at_fork removexattr sched_getaffinity sched_setaffinity sched_yield sendfile
set_blocking setegid seteuid setgid setgroups setpgid setpriority setregid setresgid setresuid
setreuid setsid setuid setxattr statvfs sync sysconf tcgetpgrp tcsetpgrp ttyname uname wait wait3
wait4 waitid writev O_ASYNC O_CLOEXEC O_DIRECT O_DIRECTORY O_DSYNC O_NDELAY O_NOATIME O_NOCTTY
O_NOFOLLOW O_NONBLOCK O_PATH O_RSYNC O_SYNC O_TMPFILE
""".split()
OF_SIGNAL = """
SIGALRM SIGBUS SIGCHLD SIGCONT SIGHUP SIGIO SIGKILL SIGPIPE SIGPROF SIGPWR SIGQUIT SIGSTOP SIGTRAP
SIGTSTP SIGTTIN SIGTTOU SIGUSR1 SIGUSR2 SIGVTALRM SIGWINCH alarm getitimer pause pthread_kill
pthread_sigmask setitimer sigpending sigwait ITIMER_PROF ITIMER_REAL ITIMER_VIRTUAL
""".split()


def every_module():
    """Names of our modules; a program's own, which run as soon as they are imported, aside."""
    for package in map(importlib.import_module, OURS):
        yield package.__name__
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if not found.name.endswith("__main__"):
                yield found.name


def become_windows():
    """Take away what is not there, and bring what is."""
    for name in [one for one in sys.modules if one.partition(".")[0] in OURS]:
        del sys.modules[name]
    sys.modules |= dict.fromkeys(MODULES)
    for where, names in ((os, OF_OS), (signal, OF_SIGNAL), (socket, ["AF_UNIX"])):
        for name in names:
            where.__dict__.pop(name, None)
    sys.modules["msvcrt"] = types.SimpleNamespace(LK_NBLCK=2, LK_UNLCK=0, locking=lambda *_: None)
    subprocess.CREATE_NEW_PROCESS_GROUP, subprocess.CREATE_NO_WINDOW = 0x200, 0x8000000
    pathlib.WindowsPath = pathlib.PosixPath
    sys.platform, os.name = "win32", "nt"


def go_its_way(folder):
    """Call what takes Windows' way when it is called, and not when it is imported."""
    from cli.client.runtime import FileLock, find_runtime
    from indexer.apart import _limit_memory, _limit_time
    from indexer.writers.atomic_file import write_file
    from memory.retrieval.embedding.onnx_embedder import _usable_cores

    os.environ["LOCALAPPDATA"] = folder
    assert find_runtime().folder == pathlib.Path(folder) / "archmem" / "run"
    with FileLock(pathlib.Path(folder) / "lock") as lock:
        assert lock.acquire()
    assert write_file(pathlib.Path(folder), "notes.md", lambda _: "text") == "text"
    assert _usable_cores() >= 1
    _limit_memory()
    _limit_time(1)


def main(folder):
    names = list(every_module())
    for name in names:
        importlib.import_module(name)
    become_windows()
    for name in names:
        importlib.import_module(name)
    go_its_way(folder)
    print(f"{len(names)} modules")


if __name__ == "__main__":
    main(*sys.argv[1:])
