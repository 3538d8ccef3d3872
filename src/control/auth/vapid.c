/* SPDX-License-Identifier: Apache-2.0 */
#include "control/auth/vapid.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <jwt.h>
#include <limits.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/complain.h"
#include "control/auth/secret_file.h"
#include "crypt/web_push.h"

struct vapid {
	char pem[WEB_PUSH_PEM_MAX];
	char public[VAPID_PUBLIC_SIZE];
};

static void jwt_freep(jwt_t **jwt)
{
	jwt_free(*jwt);
}

static void key_freep(struct evp_pkey_st **key)
{
	(void)web_push_key_free(*key);
}

static int set(struct vapid *v, struct evp_pkey_st *key)
{
	uint8_t point[WEB_PUSH_POINT];

	if (!key || web_push_key_write(key, v->pem) < 0 || web_push_key_point(key, point) < 0)
		return -EIO;
	(void)sodium_bin2base64(v->public, sizeof v->public, point, sizeof point,
				sodium_base64_VARIANT_URLSAFE_NO_PADDING);
	return 0;
}

static int read_file(struct vapid *v, int fd, const char *path, char *ret_error)
{
	cleanup(key_freep) struct evp_pkey_st *key = NULL;
	char text[WEB_PUSH_PEM_MAX];
	ssize_t n = read(fd, text, sizeof text);

	int r = n < 0 ? -errno : web_push_key_read(text, (size_t)n, &key);
	sodium_memzero(text, sizeof text);
	if (r == 0)
		r = set(v, key);
	return r < 0 ? complain(ret_error, VAPID_ERROR_MAX, r,
				"%s holds no P-256 private key: repair it, or delete it to get a "
				"new "
				"one (everybody then has to switch notifications on again)",
				path)
		     : 0;
}

static int load(struct vapid *v, const char *dir, char *ret_error)
{
	cleanup(key_freep) struct evp_pkey_st *key = NULL;
	char path[PATH_MAX];

	if (snprintf(path, sizeof path, "%s/vapid-key.pem", dir) >= (int)sizeof path)
		return complain(ret_error, VAPID_ERROR_MAX, -ENAMETOOLONG,
				"data folder %.64s… has too long a name", dir);
	autoclose int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd >= 0)
		return read_file(v, fd, path, ret_error);
	if (errno != ENOENT)
		return complain(ret_error, VAPID_ERROR_MAX, -errno, "%s cannot be read: %s", path,
				strerror(errno));
	key = web_push_key_new();
	int r = set(v, key);
	if (r == 0)
		r = secret_file_write(dir, path, v->pem);
	return r < 0 ? complain(ret_error, VAPID_ERROR_MAX, r, "%s cannot be written: %s", path,
				strerror(-r))
		     : 0;
}

int vapid_new(struct vapid **ret, const char *data_dir, char *ret_error)
{
	struct vapid *v = calloc(1, sizeof *v);
	int r = v ? load(v, data_dir, ret_error)
		  : complain(ret_error, VAPID_ERROR_MAX, -ENOMEM, "Out of memory.");

	if (r < 0)
		(void)vapid_free(v);
	else
		*ret = v;
	return r;
}

struct vapid *vapid_free(struct vapid *v)
{
	if (v)
		sodium_memzero(v, sizeof *v);
	free(v);
	return NULL;
}

const char *vapid_public(const struct vapid *v)
{
	return v->public;
}

/* RFC 8292 2: the audience is the origin of the push service. */
static int audience(const char *endpoint, char *ret, size_t capacity)
{
	const char *host = strstr(endpoint, "://");
	size_t n = host ? (size_t)(host + 3 - endpoint) + strcspn(host + 3, "/?#") : 0;

	if (n == 0 || n >= capacity)
		return -EINVAL;
	memcpy(ret, endpoint, n);
	ret[n] = '\0';
	return 0;
}

char *vapid_authorization(const struct vapid *v, const char *endpoint, const char *contact,
			  uint64_t now_s)
{
	cleanup(jwt_freep) jwt_t *jwt = NULL;
	char origin[512], *value;

	if (audience(endpoint, origin, sizeof origin) < 0 || jwt_new(&jwt) != 0 ||
	    jwt_set_alg(jwt, JWT_ALG_ES256, (const unsigned char *)v->pem, (int)strlen(v->pem)) !=
		    0 ||
	    jwt_add_grant(jwt, "aud", origin) != 0 ||
	    jwt_add_grant_int(jwt, "exp", (long)(now_s + VAPID_LIFE_S)) != 0 ||
	    (contact && *contact && jwt_add_grant(jwt, "sub", contact) != 0))
		return NULL;
	autofree char *token = jwt_encode_str(jwt);
	if (!token || asprintf(&value, "vapid t=%s, k=%s", token, v->public) < 0)
		return NULL;
	return value;
}
