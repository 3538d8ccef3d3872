/* SPDX-License-Identifier: Apache-2.0 */
/*
 * libcurl, loaded when the first webhook is set up, or a certificate is asked for. What it brings along (LDAP, Kerberos, a second
 * TLS library) takes 4 MB of memory, and most servers have no webhook. Function curl_x is curl.x
 * here.
 */
#pragma once

#define CURL_DISABLE_TYPECHECK /* its macros know the names only */
#include <curl/curl.h>

/* clang-format off */
#define CURL_FUNCTIONS(X) \
	X(easy_cleanup) X(easy_getinfo) X(easy_header) X(easy_init) X(easy_perform) X(easy_setopt) \
	X(easy_strerror) X(free) X(global_cleanup) X(global_init) \
	X(multi_add_handle) X(multi_assign) X(multi_cleanup) X(multi_info_read) \
	X(multi_init) X(multi_remove_handle) X(multi_setopt) X(multi_socket_action) \
	X(slist_append) X(slist_free_all) X(url) X(url_cleanup) \
	X(url_get) X(url_set)
/* clang-format on */

struct curl {
#define CURL_MEMBER(name) __typeof__(&curl_##name) name;
	CURL_FUNCTIONS(CURL_MEMBER)
#undef CURL_MEMBER
};

/* 0, or -ELIBACC (logged): the library or one of the functions is not there. It stays loaded. */
int curl_load(struct curl *ret);
