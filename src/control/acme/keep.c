/* SPDX-License-Identifier: Apache-2.0 */
#include "control/acme/keep.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/complain.h"
#include "control/acme/acme.h"
#include "control/auth/secret_file.h"
#include "crypt/web_push.h"

enum { FILE_MAX = 256 * 1024, ROOM = 16 * 1024 /* more than a key and a chain take */ };

static void json_freep(json_t **j)
{
	json_decref(*j);
}

static void key_freep(struct evp_pkey_st **key)
{
	(void)web_push_key_free(*key);
}

/* The whole of it, with a NUL behind; the caller's. NULL and errno. */
static char *read_file(const char *path, size_t *ret_length)
{
	autoclose int fd = open(path, O_RDONLY | O_CLOEXEC);
	autofree char *text = fd >= 0 ? malloc(FILE_MAX + 1) : NULL;
	size_t n = 0;
	ssize_t got = 1;

	while (text && got > 0 && n < FILE_MAX) {
		got = read(fd, text + n, FILE_MAX - n);
		n += got > 0 ? (size_t)got : 0;
	}
	if (!text || got < 0)
		return NULL;
	text[n] = '\0';
	*ret_length = n;
	return steal(text);
}

/* "ca.example" of "https://ca.example/directory"; what a folder's name cannot be is a line. */
static int name_folder(struct keep *k, const char *data_dir, const char *directory)
{
	const char *host = strstr(directory, "://");
	size_t n = host ? strcspn(host + 3, "/?#@") : 0;
	char name[256];

	if (n == 0 || n >= sizeof name)
		return -EINVAL;
	for (size_t i = 0; i < n; i++)
		name[i] = strchr("abcdefghijklmnopqrstuvwxyz0123456789.-", host[3 + i])
				  ? host[3 + i]
				  : '_';
	name[n] = '\0';
	if (snprintf(k->folder, sizeof k->folder, "%s/acme/%s%s", data_dir,
		     name[0] == '.' ? "_" : "", name) >= (int)sizeof k->folder)
		return -ENAMETOOLONG;
	(void)snprintf(k->certificate, sizeof k->certificate, "%s/certificate.pem", k->folder);
	(void)snprintf(k->schedule, sizeof k->schedule, "%s/schedule.json", k->folder);
	return 0;
}

static int make_folder(const struct keep *k, const char *data_dir)
{
	char outer[PATH_MAX];

	(void)snprintf(outer, sizeof outer, "%s/acme", data_dir);
	if ((mkdir(outer, 0700) < 0 && errno != EEXIST) ||
	    (mkdir(k->folder, 0700) < 0 && errno != EEXIST))
		return -errno;
	return 0;
}

/* The account is its key: lost, another one is made (RFC 8555 7.3). */
static int load_account(struct keep *k, char *ret_error)
{
	char path[PATH_MAX], pem[WEB_PUSH_PEM_MAX];
	size_t n = 0;

	(void)snprintf(path, sizeof path, "%s/account-key.pem", k->folder);
	autofree char *text = read_file(path, &n);
	if (text) {
		int r = web_push_key_read(text, n, &k->account);

		explicit_bzero(text, n);
		return r < 0 ? complain(ret_error, ACME_ERROR_MAX, r,
					"%s holds no P-256 private key: repair it, or delete it to "
					"get "
					"another account",
					path)
			     : 0;
	}
	if (errno != ENOENT)
		return complain(ret_error, ACME_ERROR_MAX, -errno, "%s cannot be read: %s", path,
				strerror(errno));
	k->account = web_push_key_new();
	int r = k->account ? web_push_key_write(k->account, pem) : -ENOMEM;
	if (r == 0)
		r = secret_file_write(k->folder, path, pem);
	explicit_bzero(pem, sizeof pem);
	return r < 0 ? complain(ret_error, ACME_ERROR_MAX, r, "%s cannot be written: %s", path,
				strerror(-r))
		     : 0;
}

int keep_open(struct keep *k, const char *data_dir, const char *directory, char *ret_error)
{
	int r = name_folder(k, data_dir, directory);

	if (r < 0)
		return complain(ret_error, ACME_ERROR_MAX, r,
				"acme-directory '%.200s' is no URL with a host", directory);
	r = make_folder(k, data_dir);
	if (r < 0)
		return complain(ret_error, ACME_ERROR_MAX, r,
				"the folder %.300s cannot be made: %s", k->folder, strerror(-r));
	return load_account(k, ret_error);
}

void keep_close(struct keep *k)
{
	k->account = web_push_key_free(k->account);
}

enum site_cert_fault keep_look(const struct keep *k, struct site_names names, uint64_t now_s,
			       struct site_cert *ret)
{
	cleanup(key_freep) struct evp_pkey_st *key = NULL;
	size_t n = 0;
	autofree char *text = read_file(k->certificate, &n);
	const char *chain = text ? strstr(text, "-----BEGIN CERTIFICATE") : NULL;
	enum site_cert_fault fault = SITE_CERT_NONE;

	if (chain && web_push_key_read(text, (size_t)(chain - text), &key) == 0)
		fault = site_cert_look(text, n, key, names, now_s, ret);
	if (text)
		explicit_bzero(text, n);
	return fault;
}

int keep_certificate(const struct keep *k, const char *key, const char *chain)
{
	char *whole;

	if (asprintf(&whole, "%s%s", key, chain) < 0)
		return -ENOMEM;
	int r = secret_file_write(k->folder, k->certificate, whole);
	explicit_bzero(whole, strlen(whole));
	free(whole);
	return r;
}

int keep_probe(const struct keep *k)
{
	char path[PATH_MAX], text[ROOM];

	(void)snprintf(path, sizeof path, "%s/certificate.try", k->folder);
	memset(text, '\n', sizeof text - 1);
	text[sizeof text - 1] = '\0';
	int r = secret_file_write(k->folder, path, text);
	(void)unlink(path); /* there may be none */
	return r;
}

int keep_stand_in(const struct keep *k, struct site_names names, unsigned days, char *ret_error)
{
	cleanup(key_freep) struct evp_pkey_st *key = web_push_key_new();
	autofree char *chain = key ? site_cert_signed_by_itself(key, names, days, NULL) : NULL;
	char pem[WEB_PUSH_PEM_MAX];
	int r = chain ? web_push_key_write(key, pem) : -ENOMEM;

	if (r == 0)
		r = keep_certificate(k, pem, chain);
	explicit_bzero(pem, sizeof pem);
	return r < 0 ? complain(ret_error, ACME_ERROR_MAX, r, "%s cannot be written: %s",
				k->certificate, strerror(-r))
		     : 0;
}

/* ---- failures ---- */

void keep_schedule(const struct keep *k, const struct schedule *s)
{
	if (!schedule_is_failing(s)) {
		(void)unlink(k->schedule); /* often there is none */
		return;
	}
	cleanup(json_freep) json_t *by_hand = json_array();
	for (int i = 0; i < SCHEDULE_BY_HAND; i++)
		(void)json_array_append_new(by_hand, json_integer((json_int_t)(s->by_hand_us[i])));
	cleanup(json_freep) json_t *all = json_pack(
		"{s:I, s:I, s:I, s:i, s:i, s:O}", "due_us", (json_int_t)s->due_us, "failed_us",
		(json_int_t)s->failed_us, "not_before_us", (json_int_t)s->not_before, "refused",
		(int)s->refused, "unreached", (int)s->unreached, "by_hand_us", by_hand);
	autofree char *text = all ? json_dumps(all, JSON_INDENT(1)) : NULL;
	if (text)
		(void)secret_file_write(k->folder, k->schedule, text); /* see keep.h */
}

static uint64_t number(const json_t *object, const char *name)
{
	json_int_t n = json_integer_value(json_object_get(object, name));

	return n > 0 ? (uint64_t)n : 0;
}

static unsigned count(const json_t *object, const char *name)
{
	uint64_t n = number(object, name);

	return n < 64 ? (unsigned)n : 64; /* more of them change nothing */
}

void keep_read_schedule(const struct keep *k, struct schedule *ret, uint64_t now_us)
{
	cleanup(json_freep) json_t *all = json_load_file(k->schedule, 0, NULL);
	const json_t *by_hand = json_object_get(all, "by_hand_us");
	uint64_t latest = now_us + (uint64_t)SCHEDULE_WAIT_MAX_S * US_PER_S * 5 / 4;

	*ret = (struct schedule){ .due_us = number(all, "due_us"),
				  .failed_us = number(all, "failed_us"),
				  .not_before = number(all, "not_before_us"),
				  .refused = count(all, "refused"),
				  .unreached = count(all, "unreached") };
	for (size_t i = 0; i < SCHEDULE_BY_HAND; i++) {
		json_int_t at = json_integer_value(json_array_get(by_hand, i));

		ret->by_hand_us[i] = at > 0 ? (uint64_t)at : 0;
	}
	schedule_clock(ret, now_us);
	if (ret->due_us > latest) /* the clock was wrong when it was written */
		*ret = (struct schedule){ .due_us = now_us };
}
