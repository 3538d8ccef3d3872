/* SPDX-License-Identifier: Apache-2.0 */
/* GET /healthz; /metrics in Prometheus' text format (to this machine only, R21); and how the server does, for admins. */
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/must.h"
#include "base/sb.h"
#include "base/slab.h"
#include "control/calls/calls.h"
#include "control/control.h"
#include "control/files/files.h"
#include "control/http/handlers.h"
#include "control/http/storage.h"
#include "control/objects/objects.h"
#include "control/server/server.h"
#include "control/ws/hub.h"
#include "store/store.h"

/* Tokens are good for a time: whoever looks whether we are up sees whether our clock agrees (RFC 9110 6.6.1). */
static void add_date(struct http_req *req)
{
	time_t now = (time_t)(clock_wall_us() / US_PER_S);
	char text[32];
	struct tm tm;

	/* day and month are English: no locale is set */
	if (gmtime_r(&now, &tm) && strftime(text, sizeof text, "%a, %d %b %Y %H:%M:%S GMT", &tm))
		http_add_header(req, "date", text);
}

void http_health(struct http_req *req, struct control *control)
{
	(void)control;
	add_date(req);
	http_reply_json(req, 200,
			json_pack("{s:s, s:s}", "status", "ok", "version", CONFAB_VERSION));
}

static void add(struct sb *b, const char *name, const char *type, const char *help, double value)
{
	sb_printf(b, "# HELP confab_%s %s\n# TYPE confab_%s %s\nconfab_%s %.0f\n", name, help, name,
		  type, name, value);
}

static long resident_bytes(void)
{
	long pages = 0, resident = 0;
	FILE *f = fopen("/proc/self/statm", "re");

	if (!f)
		return 0;
	if (fscanf(f, "%ld %ld", &pages, &resident) != 2)
		resident = 0;
	(void)fclose(f);
	return resident * sysconf(_SC_PAGESIZE);
}

/* Resident memory without what the allocator has in store and where it is scattered. */
static size_t heap_bytes(void)
{
	struct mallinfo2 m = mallinfo2();

	return m.uordblks + m.hblkhd + slab_bytes();
}

struct looking {
	struct http_req *req;
	struct control *control;
};

static void on_stored(void *arg, int status, const struct store_stored *person,
		      const struct store_stored *total)
{
	struct looking l = *(struct looking *)arg;
	struct control *control = l.control;
	uint64_t room = 0, disk = 0, ends = server_tls_expires_us(control->server);

	(void)person;
	free(arg);
	if (status < 0)
		total = &control->stored; /* the disk fails: the page must come all the same */
	else
		control->stored = *total;
	(void)files_disk(control->files, &room, &disk); /* 0 of 0: not known */
	json_t *server = json_pack(
		"{s:s, s:o, s:I, s:I, s:I, s:i, s:I, s:f, s:f, s:b, s:o?}", "version",
		CONFAB_VERSION, "started_at", object_time(control->started_us), "memory_bytes",
		(json_int_t)resident_bytes(), "disk_free_bytes", (json_int_t)room, "disk_bytes",
		(json_int_t)disk, "sockets", (int)hub_socket_count(control->hub), "calls",
		(json_int_t)calls_live_count(control->calls), "media_busy",
		control_media_busy(control), "media_limit", control->media_load / 100.0, "tls",
		server_is_tls(control->server), "certificate_ends_at",
		ends ? object_time(ends) : json_null());
	json_t *files = json_pack("{s:I, s:I, s:I, s:I, s:I}", "count", (json_int_t)total->files,
				  "bytes", (json_int_t)total->bytes, "limit_bytes",
				  (json_int_t)control->storage.total, "person_limit_bytes",
				  (json_int_t)control->storage.person, "disk_floor_bytes",
				  (json_int_t)storage_floor(control));

	(void)json_object_set_new(server, "files", files);
	http_reply_json(l.req, 200, server);
}

void http_operator_server(struct http_req *req, struct control *control)
{
	struct looking *l = must(malloc(sizeof *l));

	*l = (struct looking){ .req = req, .control = control };
	store_stored_read(control->store, "", on_stored, l);
}

void http_metrics(struct http_req *req, struct control *control)
{
	struct server_counts counts = server_counts(control->server);
	struct store_counts stored = store_counts(control->store);
	struct sb b = { 0 };

	add(&b, "http_requests_total", "counter", "HTTP requests answered.",
	    (double)counts.requests);
	add(&b, "http_errors_5xx_total", "counter", "HTTP requests answered with a 5xx status.",
	    (double)counts.errors_5xx);
	add(&b, "http_connections", "gauge", "Open HTTP connections and streams.",
	    counts.http_open);
	add(&b, "http_connections_refused_total", "counter",
	    "Connections of an address that had a quarter of all there can be.",
	    (double)counts.crowded);
	add(&b, "websockets", "gauge", "Open WebSockets.", counts.ws_open);
	add(&b, "event_sockets", "gauge", "Open event sockets.", hub_socket_count(control->hub));
	add(&b, "event_sockets_refused_total", "counter",
	    "Event sockets that were one too many of a person or an address.",
	    (double)hub_refused_count(control->hub));
	add(&b, "store_transactions_total", "counter", "Transactions that write.",
	    (double)stored.transactions);
	add(&b, "store_writes_total", "counter", "What was written in them.",
	    (double)stored.writes);
	add(&b, "files", "gauge", "Files of messages that are stored.",
	    (double)control->stored.files);
	add(&b, "files_bytes", "gauge", "What they take.", (double)control->stored.bytes);
	add(&b, "files_refused_total", "counter", "Files that were refused for want of room.",
	    (double)control->files_refused);
	storage_measure(control); /* for the next time: this answer waits for no disk */
	add(&b, "calls_live", "gauge", "Calls that somebody is in.",
	    (double)calls_live_count(control->calls));
	add(&b, "resident_bytes", "gauge", "Resident memory of the process.",
	    (double)resident_bytes());
	add(&b, "heap_bytes", "gauge", "Memory that is allocated, of all threads.",
	    (double)heap_bytes());
	control_add_metrics(control, &b);
	if (b.bad)
		http_error(req, 500, -1, "Out of memory.");
	else
		http_reply(req, 200, "text/plain; version=0.0.4", b.text, b.len);
	sb_fini(&b);
}
