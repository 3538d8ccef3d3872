/* SPDX-License-Identifier: Apache-2.0 */
#include "control/auth/password.h"

#include <assert.h>
#include <errno.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

#include "base/cleanup.h"
#include "base/limits.h"

static_assert(PASSWORD_HASH_SIZE >= crypto_pwhash_STRBYTES, "a hash must fit");

/* OWASP and ASVS 5: Argon2id with 19 MiB, t = 2, p = 1. */
enum { ARGON_PASSES = 2, ARGON_BYTES = 19 * 1024 * 1024 };

/* Of a random password nobody knows: what an unknown user's guesses are compared with. */
static const char nobody[] = "$argon2id$v=19$m=19456,t=2,p=1$WjHrtWmWADjKdESdCvyaFw$"
			     "iuGFTGUSWubsdlPaIGq1vULpGr71x75JXPYf3A0ZZCE";

struct job {
	struct list link;
	uv_work_t work;
	struct password_pool *pool;
	char *password;
	bool verify, known;
	char hash[PASSWORD_HASH_SIZE];	/* in */
	char fresh[PASSWORD_HASH_SIZE]; /* out */
	int status;
	password_fn *done;
	void *arg;
};

static void job_end(struct job *j)
{
	j->done(j->arg, j->status, j->status == 0 && j->fresh[0] ? j->fresh : NULL);
	explicit_bzero(j->password, strlen(j->password));
	free(j->password);
	explicit_bzero(j, sizeof *j);
	free(j);
}

/* On a thread of the pool. */
static void work(uv_work_t *req)
{
	struct job *j = container_of(req, struct job, work);
	size_t n = strlen(j->password);

	if (j->verify) {
		bool good = crypto_pwhash_str_verify(j->hash, j->password, n) == 0;

		j->status = good && j->known ? 0 : -EACCES;
		if (j->status < 0 ||
		    crypto_pwhash_str_needs_rehash(j->hash, ARGON_PASSES, ARGON_BYTES) == 0)
			return;
	}
	if (crypto_pwhash_str(j->fresh, j->password, n, ARGON_PASSES, ARGON_BYTES) != 0) {
		j->fresh[0] = '\0';
		j->status = j->verify ? 0 : -ENOMEM; /* signing in works without the fresh one */
	}
}

static void start_more(struct password_pool *p);

static void after_work(uv_work_t *req, int status)
{
	struct job *j = container_of(req, struct job, work);
	struct password_pool *p = j->pool;

	if (status < 0)
		j->status = -ESHUTDOWN;
	p->running--;
	start_more(p);
	job_end(j);
}

static void start_more(struct password_pool *p)
{
	while (p->running < LIMIT_HASHES_AT_ONCE && !list_empty(&p->waiting)) {
		struct job *j = list_entry(p->waiting.next, struct job, link);

		list_remove(&j->link);
		p->queued--;
		p->running++;
		int r = uv_queue_work(p->loop, &j->work, work, after_work);
		assert(r == 0); /* fails only without a work function */
		(void)r;
	}
}

void password_pool_init(struct password_pool *p, uv_loop_t *loop)
{
	*p = (struct password_pool){ .loop = loop };
	list_init(&p->waiting);
}

void password_pool_stop(struct password_pool *p)
{
	p->stopped = true;
	while (!list_empty(&p->waiting)) {
		struct job *j = list_entry(p->waiting.next, struct job, link);

		list_remove(&j->link);
		p->queued--;
		j->status = -ESHUTDOWN;
		job_end(j);
	}
}

static void submit(struct password_pool *p, const char *password, const char *hash, bool verify,
		   password_fn *done, void *arg)
{
	bool room = p->running < LIMIT_HASHES_AT_ONCE || p->queued < LIMIT_HASHES_QUEUED;
	struct job *j = p->stopped || !room ? NULL : calloc(1, sizeof *j);

	if (!j || !(j->password = strdup(password))) {
		free(j);
		done(arg, p->stopped ? -ESHUTDOWN : !room ? -EBUSY : -ENOMEM, NULL);
		return;
	}
	j->pool = p;
	j->verify = verify;
	j->known = hash && *hash && strlen(hash) < sizeof j->hash;
	strcpy(j->hash, j->known ? hash : nobody);
	j->done = done;
	j->arg = arg;
	list_append(&p->waiting, &j->link);
	p->queued++;
	start_more(p);
}

void password_hash(struct password_pool *p, const char *password, password_fn *done, void *arg)
{
	submit(p, password, NULL, false, done, arg);
}

void password_verify(struct password_pool *p, const char *password, const char *hash,
		     password_fn *done, void *arg)
{
	submit(p, password, hash, true, done, arg);
}
