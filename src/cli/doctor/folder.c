/* SPDX-License-Identifier: Apache-2.0 */
/* The data folder: whose it is, who may read it, what room it has, and the database in it. */
#include <errno.h>
#include <limits.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/disk.h"
#include "cli/doctor/doctor.h"
#include "store/store.h"

enum {
	MB = 1000 * 1000,
	FULL_MB = 20,	       /* a database that grows needs room for its log, too */
	CHECK_BYTES = 64 * MB, /* a second or so to read through */
};

static const char *user_name(uid_t uid, char ret[64])
{
	const struct passwd *p = getpwuid(uid);

	if (p)
		(void)snprintf(ret, 64, "%s", p->pw_name);
	else
		(void)snprintf(ret, 64, "%u", (unsigned)uid);
	return ret;
}

/* Secrets and messages: nobody else may read them. */
static void check_mode(struct doctor *d, const char *name, const struct stat *folder)
{
	char path[PATH_MAX], owner[64];
	struct stat st;

	if (snprintf(path, sizeof path, "%s/%s", d->data, name) >= (int)sizeof path ||
	    stat(path, &st) < 0)
		return;
	if (st.st_mode & 077) {
		doctor_bad(d, "data folder", "%s has mode %04o: others can read it", path,
			   st.st_mode & 07777u);
		doctor_fix(d, "chmod %s %s", S_ISDIR(st.st_mode) ? "700" : "600", path);
	} else if (st.st_uid != folder->st_uid) {
		doctor_bad(d, "data folder", "%s belongs to %s, and the folder does not", path,
			   user_name(st.st_uid, owner));
		doctor_fix(d, "chown --reference=%s %s", d->data, path);
	}
}

/* A daemon that another user runs cannot write there. */
static void check_owner(struct doctor *d, const struct stat *st)
{
	char path[64], owner[64], runs[64], me[64];
	struct stat process;

	(void)snprintf(path, sizeof path, "/proc/%d", (int)d->pid);
	(void)user_name(st->st_uid, owner);
	if (d->pid > 0 && stat(path, &process) == 0 && process.st_uid != st->st_uid &&
	    process.st_uid != 0) {
		doctor_bad(d, "data folder", "%s belongs to %s, and confabd runs as %s", d->data,
			   owner, user_name(process.st_uid, runs));
		doctor_fix(d, "chown -R %s %s", runs, d->data);
	}
	if (access(d->data, R_OK | X_OK) == 0) {
		d->folder_readable = true;
		return;
	}
	doctor_warn(d, "data folder",
		    "%s belongs to %s (mode %04o), and this is %s: not looked into", d->data, owner,
		    st->st_mode & 07777u, user_name(geteuid(), me));
	doctor_fix(d, "sudo -u %s confab doctor --data %s", owner, d->data);
}

void doctor_check_folder(struct doctor *d)
{
	static const char *const secrets[] = { "api-keys", "vapid-key.pem", "acme", "confab.db",
					       "confab.db-wal" };
	struct stat st;
	char owner[64];
	unsigned bad = d->counts[DOCTOR_BAD];

	if (stat(d->data, &st) < 0) {
		if (d->url && errno == ENOENT && !d->folder_named)
			return; /* the server is elsewhere */
		doctor_say(d, d->url && errno == ENOENT ? DOCTOR_WARN : DOCTOR_BAD, "data folder",
			   "%s: %s", d->data, strerror(errno));
		doctor_fix(d, "name confabd's with --data, or start one: confabd --data %s",
			   d->data);
		return;
	}
	d->folder_found = true;
	check_owner(d, &st);
	if (st.st_mode & 077) {
		doctor_bad(d, "data folder", "%s has mode %04o: others can read messages and keys",
			   d->data, st.st_mode & 07777u);
		doctor_fix(d, "chmod 700 %s", d->data);
	}
	for (size_t i = 0; d->folder_readable && i < sizeof secrets / sizeof *secrets; i++)
		check_mode(d, secrets[i], &st);
	if (d->folder_readable && d->counts[DOCTOR_BAD] == bad)
		doctor_ok(d, "data folder", "%s, mode %04o, of %s", d->data, st.st_mode & 07777u,
			  user_name(st.st_uid, owner));
}

/* ---- room ---- */

void doctor_check_room(struct doctor *d)
{
	struct statvfs fs;

	if (!d->folder_found || statvfs(d->data, &fs) < 0)
		return;
	uint64_t room = (uint64_t)fs.f_bavail * fs.f_frsize,
		 disk = (uint64_t)fs.f_blocks * fs.f_frsize,
		 least = disk_floor(d->config.disk_floor, disk);
	double left = (double)room / MB;

	if (fs.f_flag & ST_RDONLY) {
		doctor_bad(d, "disk", "the file system of %s is mounted read-only", d->data);
		doctor_fix(d, "mount -o remount,rw $(findmnt -no TARGET -T %s)", d->data);
	} else if (room < (uint64_t)FULL_MB * MB) {
		doctor_bad(d, "disk", "%.1f MB are free for %s: messages are refused, or soon are",
			   left, d->data);
		doctor_fix(d, "make room; df -h %s", d->data);
	} else if (room < least) {
		doctor_warn(d, "disk",
			    "%.0f MB are free for %s: files are refused below %.0f MB, messages "
			    "are not",
			    left, d->data, (double)least / MB);
		doctor_fix(d, "make room, or lower --disk-floor; df -h %s", d->data);
	} else {
		doctor_ok(d, "disk", "%.0f MB are free, files leave %.0f MB", left,
			  (double)least / MB);
	}
}

/* ---- the database ---- */

static void check_schema(struct doctor *d, const struct store_looked *l)
{
	if (l->schema > l->schema_known) {
		doctor_bad(d, "database", "its schema is %lld, this program knows up to %lld",
			   (long long)l->schema, (long long)l->schema_known);
		doctor_fix(d,
			   "use the newer confabd and confab that wrote it, or restore a backup");
	} else if (l->schema < l->schema_known) {
		doctor_warn(d, "database", "its schema is %lld, this program has %lld%s",
			    (long long)l->schema, (long long)l->schema_known,
			    d->runs ? ": the confabd that runs is older" : "");
		doctor_fix(d,
			   d->runs ? "restart confabd with the new version: the start brings it "
				     "up to date"
				   : "make a backup (confab data backup), then start confabd: the "
				     "start brings it up to date");
	} else if (l->left_open) {
		doctor_warn(d, "database",
			    "confabd did not end properly: the next start looks the "
			    "database through");
		doctor_fix(d, "start confabd; its log says what it found");
	} else {
		doctor_ok(d, "database", "schema %lld, %.1f MB%s", (long long)l->schema,
			  (double)l->bytes / MB,
			  l->bytes > CHECK_BYTES ? ", too large to be read through here"
						 : ", read through");
	}
}

void doctor_check_database(struct doctor *d)
{
	char error[STORE_ERROR_MAX];
	struct store_looked found;
	struct store_look *l = NULL;

	if (!d->folder_readable)
		return;
	int r = store_look_open(d->data, !d->runs, &l, &found, error);
	if (r == -ENOENT) {
		doctor_say(d, d->runs ? DOCTOR_BAD : DOCTOR_WARN, "database",
			   "there is none in %s yet", d->data);
		doctor_fix(d, "check --data; the first start of confabd makes one");
		return;
	}
	if (r == -EACCES) {
		doctor_warn(d, "database", "%s", error);
		doctor_fix(d, "sudo confab doctor --data %s", d->data);
		return;
	}
	if (r == 0 && found.bytes <= CHECK_BYTES && (r = store_look_check(l)) < 0)
		(void)snprintf(error, sizeof error, "%s/confab.db is damaged", d->data);
	if (r < 0) {
		doctor_bad(d, "database", "%s", error);
		doctor_fix(d, "stop confabd, then: confab data restore --from BACKUP --data %s",
			   d->data);
		(void)store_look_close(l);
		return;
	}
	check_schema(d, &found);
	d->look = found.schema == found.schema_known ? l : store_look_close(l);
}
