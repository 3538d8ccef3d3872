/* SPDX-License-Identifier: Apache-2.0 */
/* The daemon that has the data folder, by its lock: what it was started with says where it listens. And its settings, read by its
 * own parser. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "cli/doctor/doctor.h"

enum { ARGUMENTS_MAX = 256, BLOCK_MAX = 256 * 1024 };

/* ---- who it is ---- */

static bool is_confabd(pid_t pid)
{
	char path[64], name[32] = "";

	(void)snprintf(path, sizeof path, "/proc/%d/comm", (int)pid);
	FILE *f = fopen(path, "re");
	if (!f)
		return false;
	bool read = fgets(name, sizeof name, f) != NULL;
	(void)fclose(f);
	return read && strncmp(name, "confabd", 7) == 0;
}

/*
 * "7: FLOCK  ADVISORY  WRITE 4711 fd:01:131 0 EOF": the kernel says who holds a lock (proc_locks(5)).
 * Files of two file systems may have the same inode number; but the device there may be another
 * than stat says (overlay, btrfs), so that the number alone has to do when nothing fits both.
 */
static pid_t holder_of(const struct stat *lock)
{
	FILE *f = fopen("/proc/locks", "re");
	char line[256];
	pid_t found = 0;

	while (f && fgets(line, sizeof line, f)) {
		unsigned major_at, minor_at;
		int pid = 0;
		unsigned long long at = 0;

		if (sscanf(line, "%*d: FLOCK %*s %*s %d %x:%x:%llu", &pid, &major_at, &minor_at,
			   &at) != 4 ||
		    at != lock->st_ino || pid <= 0 || !is_confabd(pid))
			continue;
		found = pid;
		if (makedev(major_at, minor_at) == lock->st_dev)
			break;
	}
	if (f)
		(void)fclose(f);
	return found;
}

static void read_block(pid_t pid, const char *what, struct doctor_block *ret)
{
	char path[64];

	(void)snprintf(path, sizeof path, "/proc/%d/%s", (int)pid, what);
	autoclose int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || !(ret->bytes = calloc(1, BLOCK_MAX + 2)))
		return;
	ssize_t n;
	while (ret->length < BLOCK_MAX &&
	       (n = read(fd, ret->bytes + ret->length, BLOCK_MAX - ret->length)) > 0)
		ret->length += (size_t)n;
}

const char *doctor_variable(const struct doctor_block *block, const char *name)
{
	size_t n = strlen(name);

	for (size_t at = 0; at < block->length; at += strlen(block->bytes + at) + 1) {
		const char *line = block->bytes + at;

		if (strncmp(line, name, n) == 0 && line[n] == '=')
			return line[n + 1] ? line + n + 1 : NULL;
	}
	return NULL;
}

void doctor_find_daemon(struct doctor *d)
{
	char path[PATH_MAX];
	struct stat st;

	if (!d->data)
		d->data = getenv("CONFAB_DATA");
	d->folder_named = d->data && *d->data;
	if (!d->folder_named)
		d->data = "confab-data"; /* as confabd */
	if (snprintf(path, sizeof path, "%s/daemon.lock", d->data) >= (int)sizeof path)
		return;
	autoclose int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st) < 0 || flock(fd, LOCK_SH | LOCK_NB) == 0 ||
	    errno != EWOULDBLOCK)
		return;
	d->runs = true;
	d->pid = holder_of(&st);
	if (d->pid > 0) {
		read_block(d->pid, "cmdline", &d->arguments);
		read_block(d->pid, "environ", &d->environment);
	}
}

void doctor_forget_daemon(struct doctor *d)
{
	if (d->environment.bytes)
		explicit_bzero(d->environment.bytes, d->environment.length);
	free(d->environment.bytes);
	free(d->arguments.bytes);
}

/* ---- its settings ---- */

static const struct doctor_block
	*reading; /* config_load's environment has no argument of its own */

static const char *variable(const char *name)
{
	return reading && reading->bytes ? doctor_variable(reading, name) : getenv(name);
}

static int split(const struct doctor_block *block, char *argv[ARGUMENTS_MAX])
{
	int argc = 0;

	for (size_t at = 0; at < block->length && argc < ARGUMENTS_MAX;
	     at += strlen(block->bytes + at) + 1)
		argv[argc++] = block->bytes + at;
	return argc;
}

/* A relative --config counts from where the daemon was started. */
static int load_as_daemon(struct doctor *d, char *ret_error)
{
	char *argv[ARGUMENTS_MAX], path[64];
	int argc = split(&d->arguments, argv);
	autoclose int here = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	(void)snprintf(path, sizeof path, "/proc/%d/cwd", (int)d->pid);
	bool moved = here >= 0 && chdir(path) == 0;
	reading = &d->environment;
	int r = config_load(&d->config, argc, argv, variable, ret_error);
	reading = NULL;
	if (moved && fchdir(here) < 0)
		doctor_warn(d, "settings", "the way back to the folder we were in is gone");
	return r;
}

static int load_as_new(struct doctor *d, char *ret_error)
{
	char program[] = "confabd", flag[] = "--config", file[CONFIG_PATH];
	char *argv[] = { program, flag, file };

	(void)snprintf(file, sizeof file, "%s", d->config_file ? d->config_file : "");
	return config_load(&d->config, d->config_file ? 3 : 1, argv, variable, ret_error);
}

/* Where programs on this machine reach what listens there. */
static void set_own(struct doctor *d)
{
	const struct config *c = &d->config;
	bool any4 = strcmp(c->host, "0.0.0.0") == 0, any6 = strcmp(c->host, "::") == 0;

	d->own = (struct web_target){ .tls = c->tls_cert[0] || c->domain_count, .port = c->port };
	(void)snprintf(d->own.host, sizeof d->own.host, "%s",
		       any4   ? "127.0.0.1"
		       : any6 ? "::1"
			      : c->host);
}

/* With --domain it is known what the site is called. */
static void choose_url(struct doctor *d)
{
	const struct config *c = &d->config;

	if (d->url || c->domain_count == 0)
		return;
	if (c->port == CONFIG_HTTPS_PORT)
		(void)snprintf(d->domain_url, sizeof d->domain_url, "https://%s", c->domains[0]);
	else
		(void)snprintf(d->domain_url, sizeof d->domain_url, "https://%s:%u", c->domains[0],
			       c->port);
	d->url = d->domain_url;
}

static void say_settings(struct doctor *d, int r, bool of_daemon, bool others, const char *error)
{
	if (r == 0 && of_daemon && !others) {
		doctor_ok(d, "settings", "those of the confabd that runs (process %d)",
			  (int)d->pid);
	} else if (r == 0 && !d->runs) {
		doctor_ok(d, "settings", "%s",
			  d->config_file ? d->config_file
					 : "confabd's defaults and the environment");
	} else if (r == 0 || others) {
		doctor_warn(d, "settings", "%s%s",
			    r < 0	? "not all can be read as this user: "
			    : of_daemon ? "the confabd that runs is another user's: what its "
					  "environment says is not to be seen"
					: "the confabd that runs is not to be seen, in another "
					  "container perhaps",
			    r < 0 ? error : "");
		doctor_fix(d, "sudo confab doctor --data %s", d->data);
	} else {
		doctor_bad(d, "settings", "%s", error);
		doctor_fix(d, of_daemon
				      ? "it would not start again like this: correct what is named"
				      : "confabd would not start like this: correct what is named "
					"(confabd --help all)");
	}
}

void doctor_check_settings(struct doctor *d)
{
	char error[CONFIG_ERROR_MAX] = "";
	bool of_daemon = d->runs && d->arguments.length > 0;
	int r = of_daemon ? load_as_daemon(d, error) : load_as_new(d, error);
	struct stat st;
	char path[64];

	(void)snprintf(path, sizeof path, "/proc/%d", (int)d->pid);
	bool others = of_daemon && geteuid() != 0 && stat(path, &st) == 0 && st.st_uid != geteuid();
	d->config_known = of_daemon || (d->runs && r == 0);
	say_settings(d, r, of_daemon, others, error);
	if (of_daemon || d->runs || !d->url) {
		set_own(d);
		choose_url(d);
	}
}
