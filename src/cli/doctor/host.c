/* SPDX-License-Identifier: Apache-2.0 */
/* What the machine gives the daemon: descriptors, and room for packets that wait. */
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

#include "cli/doctor/doctor.h"
#include "net/udp.h"

/* Each connection is one; as confabd asks for at its start. */
enum { FILES_WANTED = 32768, FILES_LEAST = 4096 };

static long read_number(const char *path)
{
	FILE *f = fopen(path, "re");
	long value = -1;

	if (!f)
		return -1;
	if (fscanf(f, "%ld", &value) != 1)
		value = -1;
	(void)fclose(f);
	return value;
}

/* Of the daemon, as it has it now; else what one would get that is started here. -1: not known. */
static long files_limit(const struct doctor *d)
{
	struct rlimit own;
	char path[64], line[256];
	long soft = -1;

	if (d->pid <= 0)
		return getrlimit(RLIMIT_NOFILE, &own) < 0    ? -1
		       : own.rlim_max > (rlim_t)FILES_WANTED ? FILES_WANTED
							     : (long)own.rlim_max;
	(void)snprintf(path, sizeof path, "/proc/%d/limits", (int)d->pid);
	FILE *f = fopen(path, "re");
	while (f && soft < 0 && fgets(line, sizeof line, f))
		(void)sscanf(line, "Max open files %ld", &soft);
	if (f)
		(void)fclose(f);
	return soft;
}

void doctor_check_limits(struct doctor *d)
{
	long files, most = read_number("/proc/sys/net/core/rmem_max");

	if (!d->folder_found && !d->runs)
		return; /* the daemon is elsewhere */
	files = files_limit(d);
	if (files >= 0 && files < FILES_LEAST) {
		doctor_warn(d, "descriptors",
			    "confabd may open %ld files: each browser takes one or two", files);
		doctor_fix(d,
			   "LimitNOFILE=%d in its systemd unit, or ulimit -Hn %d before the start",
			   FILES_WANTED, FILES_WANTED);
	} else if (files >= 0) {
		doctor_ok(d, "descriptors", "confabd may open %ld files", files);
	}
	if (most < 0)
		return; /* a sandbox without it */
	if (most < UDP_BUFFER) {
		doctor_warn(d, "udp buffers",
			    "net.core.rmem_max is %ld, confabd asks for %d: bursts of packets may "
			    "be lost, unless it has CAP_NET_ADMIN",
			    most, UDP_BUFFER);
		doctor_fix(d, "sysctl -w net.core.rmem_max=%d net.core.wmem_max=%d", UDP_BUFFER,
			   UDP_BUFFER);
	} else {
		doctor_ok(d, "udp buffers", "net.core.rmem_max is %ld", most);
	}
}
