/* SPDX-License-Identifier: Apache-2.0 */
/* Small parsers for what stands in HTTP headers and bodies.
 * Pure: bytes in, answer out. Fuzzed by fuzz_http. */
#pragma once

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>

/* The next `name=value` of a Cookie header (RFC 6265 4.2.1), not NUL-terminated;
 * NULL at the end. Moves the cursor. */
const char *text_next_cookie(const char **cursor, size_t *ret_length);

/* A plausible Host: name, IPv4 or [IPv6], with an optional port;
 * nothing that could break out of a URL or a header. */
bool text_host_is_plausible(const char *host);

/* The Origin header names the scheme and host that the client called us by (RFC 6454).
 * Default ports are equal to none. */
bool text_origin_is_host(const char *origin, const char *host, bool tls);

/* Whether the media type is application/json, whatever its parameters. */
bool text_is_json_type(const char *content_type);

/* Whether a comma-separated If-None-Match header names this
 * entity tag (given with its quotes); weak tags count. */
bool text_etag_matches(const char *if_none_match, const char *etag);

/* Whether Accept-Encoding takes gzip: named, and not with q=0. */
bool text_accepts_gzip(const char *accept_encoding);

/* Whether brackets nest at most `max` deep outside of strings (R8). It need not be JSON. */
bool text_json_depth_ok(const char *text, size_t n, unsigned max);

/* Puts one `?` in the place of each run of bytes that are not UTF-8: of text that quotes what somebody sent, or that was cut. */
void text_mend_utf8(char *text);

/* The last address of an X-Forwarded-For header, which is the one that the proxy next to us has seen; those before it are whatever
 * was sent to that. With or without a port. False: it is none. */
bool text_forwarded_for(const char *header, char ret[INET6_ADDRSTRLEN]);

/* A Content-Length: digits only, no sign, no list.
 * -1 for anything else (also for what does not fit). */
long long text_content_length(const char *header);
