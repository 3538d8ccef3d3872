/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A failing disk for tests, preloaded into the daemon (LD_PRELOAD): calls on the database's files fail as
 * a control file says (CONFAB_FAULTS; 16 bytes that this maps and the test writes). And threads that stand still, and a clock
 * on the wall that is wrong. Never part of a release.
 *
 *     uint32 kind    0 none, 1 fdatasync and fsync with EIO, 2 writes with EIO, 3 writes with ENOSPC,
 *                    4 a media thread that reads a datagram stands still, 5 the control thread when it reads
 *     int32  left    calls of the kind that still work; of 4 and 5, for how many milliseconds at most, once: until this is 0
 *     uint32 failed  calls that failed (written here)
 *     int32  clock   minutes by which the clock on the wall is ahead
 *
 * Once `left` is used up, every call of the kind fails until the kind is 0 again. A sync that fails did not
 * reach the disk, and neither does a write.
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

enum fault { FAULT_NONE, FAULT_SYNC, FAULT_WRITE, FAULT_FULL, FAULT_MEDIA, FAULT_CONTROL };

struct control {
	_Atomic uint32_t kind;
	_Atomic int32_t left;
	_Atomic uint32_t failed;
	_Atomic int32_t clock;
};

static struct control *control;

static void __attribute__((constructor)) start(void)
{
	const char *path = getenv("CONFAB_FAULTS");
	int fd = path ? open(path, O_RDWR | O_CLOEXEC) : -1;
	void *map = fd < 0 ? MAP_FAILED
			   : mmap(NULL, sizeof *control, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	if (fd >= 0)
		(void)close(fd);
	if (map == MAP_FAILED) {
		(void)fputs("faults: CONFAB_FAULTS names no file of 16 bytes\n", stderr);
		_exit(1);
	}
	control = map;
}

static bool is_database(int fd)
{
	char link[64], path[4096];

	(void)snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
	ssize_t n = readlink(link, path, sizeof path - 1);
	if (n < 0)
		return false;
	path[n] = '\0';
	return strstr(path, "/confab.db") != NULL;
}

static bool fails(int fd, bool sync)
{
	uint32_t kind = control->kind;
	bool concerned = sync ? kind == FAULT_SYNC : kind == FAULT_WRITE || kind == FAULT_FULL;

	if (!concerned || !is_database(fd) || control->left-- > 0)
		return false;
	control->left = 0;
	control->failed++;
	errno = kind == FAULT_FULL ? ENOSPC : EIO;
	return true;
}

#define EXPORT __attribute__((visibility("default")))

/* POSIX's way to turn what dlsym gives into a function. */
#define NEXT(name, type) (*(__typeof__(type) *)&(void *){ dlsym(RTLD_NEXT, name) })

EXPORT int fdatasync(int fd)
{
	return fails(fd, true) ? -1 : NEXT("fdatasync", int (*)(int))(fd);
}

EXPORT int fsync(int fd)
{
	return fails(fd, true) ? -1 : NEXT("fsync", int (*)(int))(fd);
}

EXPORT ssize_t pwrite64(int fd, const void *bytes, size_t n, off64_t at)
{
	if (fails(fd, false))
		return -1;
	return NEXT("pwrite64", ssize_t(*)(int, const void *, size_t, off64_t))(fd, bytes, n, at);
}

EXPORT ssize_t write(int fd, const void *bytes, size_t n)
{
	return fails(fd, false)
		       ? -1
		       : NEXT("write", ssize_t(*)(int, const void *, size_t))(fd, bytes, n);
}

EXPORT int ftruncate64(int fd, off64_t size)
{
	return fails(fd, false) ? -1 : NEXT("ftruncate64", int (*)(int, off64_t))(fd, size);
}

static void stand_still(uint32_t kind)
{
	if (control->kind != kind)
		return;
	control->kind = FAULT_NONE;
	control->failed++;
	for (int32_t ms = control->left; ms > 0 && control->left > 0; ms -= 10)
		(void)usleep(10 * 1000);
}

EXPORT int recvmmsg(int fd, struct mmsghdr *list, unsigned n, int flags, struct timespec *timeout)
{
	stand_still(FAULT_MEDIA);
	return NEXT("recvmmsg", int (*)(int, struct mmsghdr *, unsigned, int, struct timespec *))(
		fd, list, n, flags, timeout);
}

EXPORT ssize_t recv(int fd, void *bytes, size_t n, int flags)
{
	stand_still(FAULT_CONTROL);
	return NEXT("recv", ssize_t(*)(int, void *, size_t, int))(fd, bytes, n, flags);
}

static time_t ahead_s(void)
{
	return control ? (time_t)control->clock * 60 : 0;
}

EXPORT int clock_gettime(clockid_t id, struct timespec *ret)
{
	static int (*next)(clockid_t, struct timespec *);

	if (!next)
		next = NEXT("clock_gettime", int (*)(clockid_t, struct timespec *));
	int r = next(id, ret);
	if (r == 0 && id == CLOCK_REALTIME)
		ret->tv_sec += ahead_s();
	return r;
}

EXPORT time_t time(time_t *ret)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_REALTIME, &now);
	if (ret)
		*ret = now.tv_sec;
	return now.tv_sec;
}

EXPORT int gettimeofday(struct timeval *restrict ret, void *restrict zone)
{
	struct timespec now;

	(void)zone;
	(void)clock_gettime(CLOCK_REALTIME, &now);
	*ret = (struct timeval){ .tv_sec = now.tv_sec, .tv_usec = now.tv_nsec / 1000 };
	return 0;
}
