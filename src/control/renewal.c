/* SPDX-License-Identifier: Apache-2.0 */
#include "control/renewal.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <uv.h>

#include "base/log.h"
#include "control/server/server.h"

/* What tells two states of the files apart. */
struct look {
	ino_t inodes[2];
	off_t sizes[2];
	struct timespec at[2];
};

struct renewal {
	struct renewal_config config;
	uv_timer_t *timer;
	struct look used, refused; /* refused: the last that did not pass */
	bool said;		   /* of `refused` */
};

static bool look_at(const struct renewal *r, struct look *ret)
{
	const char *const files[2] = { r->config.cert, r->config.key };
	struct stat st;

	memset(ret, 0, sizeof *ret);
	for (int i = 0; i < 2; i++) {
		if (stat(files[i], &st) < 0)
			return false; /* between two renewals, perhaps */
		ret->inodes[i] = st.st_ino;
		ret->sizes[i] = st.st_size;
		ret->at[i] = st.st_mtim;
	}
	return true;
}

static bool is_same(const struct look *a, const struct look *b)
{
	for (int i = 0; i < 2; i++) {
		if (a->inodes[i] != b->inodes[i] || a->sizes[i] != b->sizes[i] ||
		    a->at[i].tv_sec != b->at[i].tv_sec || a->at[i].tv_nsec != b->at[i].tv_nsec)
			return false;
	}
	return true;
}

/* The two files are written one after the other: what is wrong once may be half of it, and is said the second time. */
static void on_refused(struct renewal *r, const struct look *now, const char *error, bool asked)
{
	bool again = is_same(now, &r->refused);

	if (asked || (again && !r->said))
		log_error("tls", "the renewed certificate is not used, the one before goes on: %s",
			  error);
	r->said = asked || again;
	r->refused = *now;
}

static void look(struct renewal *r, bool asked)
{
	char error[SERVER_ERROR_MAX];
	struct look now;

	if (!look_at(r, &now) && !asked)
		return;
	if (!asked && is_same(&now, &r->used))
		return;
	if (server_tls_reload(r->config.server, error) < 0) {
		on_refused(r, &now, error, asked);
		return;
	}
	r->used = now;
	log_info("tls", "the certificate was read anew cert=%s", r->config.cert);
	r->config.taken(r->config.arg, server_tls_expires_us(r->config.server));
}

static void on_time(uv_timer_t *timer)
{
	look(timer->data, false);
}

void renewal_look(struct renewal *r)
{
	look(r, true);
}

int renewal_new(struct renewal **ret, const struct renewal_config *config)
{
	struct renewal *r = calloc(1, sizeof *r);

	if (!r || !(r->timer = calloc(1, sizeof *r->timer))) {
		free(r);
		return -ENOMEM;
	}
	r->config = *config;
	(void)look_at(r, &r->used);		     /* they were there a moment ago */
	(void)uv_timer_init(config->loop, r->timer); /* cannot fail */
	r->timer->data = r;
	(void)uv_timer_start(r->timer, on_time, RENEWAL_LOOK_MS, RENEWAL_LOOK_MS);
	uv_unref((uv_handle_t *)r->timer);
	*ret = r;
	return 0;
}

static void on_timer_closed(uv_handle_t *timer)
{
	free(timer);
}

struct renewal *renewal_free(struct renewal *r)
{
	if (!r)
		return NULL;
	uv_close((uv_handle_t *)r->timer, on_timer_closed);
	free(r);
	return NULL;
}
