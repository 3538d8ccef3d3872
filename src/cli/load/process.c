/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/load/process.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

uint64_t process_cpu_ns(int pid)
{
	char path[320];
	uint64_t sum = 0;

	(void)snprintf(path, sizeof path, "/proc/%d/task", pid);
	DIR *tasks = opendir(path);
	if (!tasks)
		return 0;
	for (const struct dirent *d; (d = readdir(tasks));) {
		unsigned long long ns;

		if (d->d_name[0] == '.')
			continue;
		(void)snprintf(path, sizeof path, "/proc/%d/task/%.200s/schedstat", pid, d->d_name);
		FILE *f = fopen(path, "re");
		if (f && fscanf(f, "%llu", &ns) == 1)
			sum += ns;
		if (f)
			(void)fclose(f);
	}
	(void)closedir(tasks);
	return sum;
}

uint64_t process_user_ns(int pid)
{
	char path[64], line[1024];
	unsigned long long ticks = 0;

	(void)snprintf(path, sizeof path, "/proc/%d/stat", pid);
	FILE *f = fopen(path, "re");
	if (!f)
		return 0;
	const char *rest = fgets(line, sizeof line, f) ? strrchr(line, ')') : NULL;
	/* proc(5): utime is field 14; `rest` stands at the end of field 2 */
	if (!rest ||
	    sscanf(rest, ") %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %llu", &ticks) != 1)
		ticks = 0;
	(void)fclose(f);
	return ticks * 1000000000ull / (unsigned long long)sysconf(_SC_CLK_TCK);
}

uint64_t process_rss_kb(int pid)
{
	char path[64], line[256];
	unsigned long long kb = 0;

	(void)snprintf(path, sizeof path, "/proc/%d/status", pid);
	FILE *f = fopen(path, "re");
	if (!f)
		return 0;
	while (fgets(line, sizeof line, f)) {
		if (sscanf(line, "VmRSS: %llu", &kb) == 1)
			break;
	}
	(void)fclose(f);
	return kb;
}
