/* Stands between a program and its disk (LD_PRELOAD): sees every operation on the files of one folder, and

   - writes them down, with all bytes, so that the disk can be built anew as it was at any moment (faults_trace);
   - at the Nth of them kills the process, in the middle of a write, or has it fail, once or for ever (faults_arm).

   The folder is the environment's FAULTS_FOLDER. The program steers the rest by calling the functions faults_*.
   Written for 64-bit Linux. SQLite renames nothing; what it does to files beyond this list would show in the test that
   compares the rebuilt disk with the real one. */

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

#define DESCRIPTORS 65536
#define WRITING 1 /* what kind of operation an error is meant for */
#define ANY 2

static const char *folder;
static char is_watched[DESCRIPTORS];
static int trace = -1;
static long count, fail_at = -1;
static int fail_with, is_for_ever, kinds;

__attribute__((constructor)) static void start(void) { folder = getenv("FAULTS_FOLDER"); }

static int is_ours(const char *path) {
    return folder && path && strncmp(path, folder, strlen(folder)) == 0;
}

static int is_known(int fd) { return fd >= 0 && fd < DESCRIPTORS && is_watched[fd]; }

/* One record of the trace: the operation, its descriptor, a number and bytes. */
static void note(char operation, int fd, int64_t number, const void *bytes, int64_t size) {
    if (trace < 0) return;
    char head[21];
    int32_t descriptor = fd;
    head[0] = operation;
    memcpy(head + 1, &descriptor, 4);
    memcpy(head + 5, &number, 8);
    memcpy(head + 13, &size, 8);
    if (syscall(SYS_write, trace, head, sizeof head) != sizeof head) abort();
    while (size > 0) {
        ssize_t written = syscall(SYS_write, trace, bytes, size);
        if (written < 0) abort();
        bytes = (const char *)bytes + written;
        size -= written;
    }
}

/* Counts an operation; says whether it is to fail. Without an error to fail with, it is the process that ends. */
static int fails(int kind) {
    if (kind == 0 || !(kind & kinds)) return 0;
    count++;
    if (fail_at < 0 || count < fail_at || (count > fail_at && !is_for_ever)) return 0;
    if (fail_with == 0) kill(getpid(), SIGKILL);
    errno = fail_with;
    return 1;
}

void faults_trace(const char *path) { trace = syscall(SYS_openat, AT_FDCWD, path, O_WRONLY | O_CREAT | O_APPEND, 0600); }
void faults_mark(const char *text) { note('M', -1, 0, text, strlen(text)); }
long faults_count(void) { return count; }

/* From the at-th operation on; error 0 kills. Only writing operations count where only_writing is set. */
void faults_arm(long at, int error, int for_ever, int only_writing) {
    count = 0;
    fail_at = at;
    fail_with = error;
    is_for_ever = for_ever;
    kinds = only_writing ? WRITING : ANY;
}

static int open_file(int at, const char *path, int flags, mode_t mode) {
    int ours = is_ours(path);
    if (ours && fails(flags & O_CREAT ? WRITING | ANY : ANY)) return -1;
    int fd = syscall(SYS_openat, at, path, flags, mode);
    if (fd >= 0 && fd < DESCRIPTORS) {
        is_watched[fd] = ours;
        if (ours) note('O', fd, flags, path, strlen(path));
    }
    return fd;
}

#define MODE(flags, mode)                                   \
    mode_t mode = 0;                                        \
    if ((flags) & (O_CREAT | __O_TMPFILE)) {                \
        va_list rest;                                       \
        va_start(rest, flags);                              \
        mode = va_arg(rest, mode_t);                        \
        va_end(rest);                                       \
    }

int open(const char *path, int flags, ...) { MODE(flags, mode) return open_file(AT_FDCWD, path, flags, mode); }
int open64(const char *path, int flags, ...) { MODE(flags, mode) return open_file(AT_FDCWD, path, flags, mode); }
int openat(int at, const char *path, int flags, ...) { MODE(flags, mode) return open_file(at, path, flags, mode); }
int openat64(int at, const char *path, int flags, ...) { MODE(flags, mode) return open_file(at, path, flags, mode); }
int creat(const char *path, mode_t mode) { return open_file(AT_FDCWD, path, O_CREAT | O_WRONLY | O_TRUNC, mode); }

int close(int fd) {
    int failed = 0;
    if (is_known(fd)) {
        failed = fails(ANY); /* the descriptor is gone all the same, as on Linux */
        note('C', fd, 0, "", 0);
        is_watched[fd] = 0;
    }
    int result = syscall(SYS_close, fd);
    if (!failed) return result;
    errno = fail_with;
    return -1;
}

ssize_t read(int fd, void *bytes, size_t size) {
    if (is_known(fd) && fails(ANY)) return -1;
    return syscall(SYS_read, fd, bytes, size);
}

ssize_t pread(int fd, void *bytes, size_t size, off_t offset) {
    if (is_known(fd) && fails(ANY)) return -1;
    return syscall(SYS_pread64, fd, bytes, size, offset);
}
ssize_t pread64(int fd, void *bytes, size_t size, off64_t offset) { return pread(fd, bytes, size, offset); }

/* Before a process is killed at a write, half of it is done. */
static void tear(int fd, const void *bytes, size_t size, off_t offset) {
    if (fail_with == 0 && fail_at >= 0 && (kinds & (WRITING | ANY)) && count + 1 == fail_at)
        (void)!syscall(SYS_pwrite64, fd, bytes, size / 2, offset);
}

ssize_t pwrite(int fd, const void *bytes, size_t size, off_t offset) {
    if (is_known(fd)) {
        tear(fd, bytes, size, offset);
        if (fails(WRITING | ANY)) return -1;
    }
    ssize_t written = syscall(SYS_pwrite64, fd, bytes, size, offset);
    if (written > 0 && is_known(fd)) note('W', fd, offset, bytes, written);
    return written;
}
ssize_t pwrite64(int fd, const void *bytes, size_t size, off64_t offset) { return pwrite(fd, bytes, size, offset); }

ssize_t write(int fd, const void *bytes, size_t size) {
    if (!is_known(fd)) return syscall(SYS_write, fd, bytes, size);
    ssize_t written = pwrite(fd, bytes, size, syscall(SYS_lseek, fd, 0, SEEK_CUR));
    if (written > 0) syscall(SYS_lseek, fd, written, SEEK_CUR);
    return written;
}

static int synced(int fd, long call) {
    if (is_known(fd) && fails(WRITING | ANY)) return -1;
    int result = syscall(call, fd);
    if (result == 0 && is_known(fd)) note('S', fd, 0, "", 0);
    return result;
}
int fsync(int fd) { return synced(fd, SYS_fsync); }
int fdatasync(int fd) { return synced(fd, SYS_fdatasync); }

int ftruncate(int fd, off_t size) {
    if (is_known(fd) && fails(WRITING | ANY)) return -1;
    int result = syscall(SYS_ftruncate, fd, size);
    if (result == 0 && is_known(fd)) note('T', fd, size, "", 0);
    return result;
}
int ftruncate64(int fd, off64_t size) { return ftruncate(fd, size); }

int fallocate(int fd, int mode, off_t offset, off_t size) {
    if (is_known(fd) && fails(WRITING | ANY)) return -1;
    int result = syscall(SYS_fallocate, fd, mode, offset, size);
    if (result == 0 && is_known(fd)) note('F', fd, offset + size, "", 0);
    return result;
}
int fallocate64(int fd, int mode, off64_t offset, off64_t size) { return fallocate(fd, mode, offset, size); }
int posix_fallocate(int fd, off_t offset, off_t size) { return fallocate(fd, 0, offset, size) ? errno : 0; }
int posix_fallocate64(int fd, off64_t offset, off64_t size) { return posix_fallocate(fd, offset, size); }

int unlink(const char *path) {
    if (is_ours(path) && fails(WRITING | ANY)) return -1;
    int result = syscall(SYS_unlinkat, AT_FDCWD, path, 0);
    if (result == 0 && is_ours(path)) note('U', -1, 0, path, strlen(path));
    return result;
}

void *mmap(void *address, size_t size, int protection, int flags, int fd, off_t offset) {
    if (fd >= 0 && is_known(fd) && fails(ANY)) return MAP_FAILED;
    return (void *)syscall(SYS_mmap, address, size, protection, flags, fd, offset);
}
void *mmap64(void *address, size_t size, int protection, int flags, int fd, off64_t offset) {
    return mmap(address, size, protection, flags, fd, offset);
}
