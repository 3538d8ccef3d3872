/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Data streams: texts and files of any length between the programs in a call, in pieces as they come. LiveKit's, also
 * of its SDKs for browsers, Node, Python, phones (sendText, sendFile, streamText, streamBytes).
 */
#ifndef CONFAB_STREAM_H
#define CONFAB_STREAM_H

#include "base.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct confab_stream confab_stream;

enum {
	/* A stream of no more bytes comes as a whole with CONFAB_EVENT_STREAM_CLOSED, too. */
	CONFAB_STREAM_WHOLE_MAX = 64 * 1024,
	CONFAB_STREAM_RATE = 2000000, /* bytes per second: 16 Mbit/s */
	/* Bytes of one stream that wait to be sent, at most, of the _async functions. */
	CONFAB_STREAM_WAITING_MAX = 4 * 1024 * 1024
};

/* What is told of a stream before it begins. Texts are UTF-8. All 0: a nameless stream of bytes to all others. */
typedef struct confab_stream_options {
	const char *topic;    /* by which the others' programs take it; or NULL */
	int text;	      /* 1: UTF-8, written in whole characters; 0: bytes */
	const char *mime;     /* NULL: "text/plain", "application/octet-stream" */
	const char *name;     /* of a file, for bytes; or NULL */
	const char *id;	      /* NULL: a new one */
	const char *reply_to; /* the id of the text stream that this text answers; or NULL */
	uint64_t length;      /* bytes it will have; 0: not known yet */
	const confab_attribute *attributes;
	size_t attribute_count;
	/*
	 * How fast it is sent, at most; 0: CONFAB_STREAM_RATE. Nobody tells a sender how fast those who receive are: for
	 * who is slower a server holds about 1 MB and drops the rest, and their stream ends with an error.
	 */
	unsigned bytes_per_second;
	/* To whom, as in their events, 512 at most; those who are not there miss it. NULL: to all others. */
	const char *const *identities;
	size_t identity_count;
} confab_stream_options;

/* A stream that comes in. */
typedef struct confab_stream_info {
	const char *id, *topic, *mime; /* "": not told */
	const char *name, *reply_to;   /* "": none */
	int text;		       /* 1: UTF-8 text, in whole characters; 0: bytes */
	uint64_t length;	       /* bytes it will have; 0: not told */
	uint64_t received;	       /* bytes so far */
	uint64_t created_us;	       /* by the sender's clock, in µs since 1970 */
	const confab_attribute *attributes;
	size_t attribute_count;
} confab_stream_info;

/*
 * Begins a stream, which the others are told of at once. The stream is the caller's: confab_stream_close. Does not
 * wait for the network. Any thread, callbacks included. 0; CONFAB_ERR_TOKEN_NOT_SET, _NOT_JOINED, _NO_MEMORY (64
 * messages wait, too); CONFAB_ERR_BAD_INPUT: no UTF-8, or all of it together is over 48,000 bytes.
 */
CONFAB_API int confab_call_open_stream(confab_call *call, const confab_stream_options *options,
				       confab_stream **ret, confab_error *ret_error);

/*
 * Sends the next bytes; any number of them, in order. Waits until they are on their way (in memory are 256 KiB at
 * most). Whole characters of a text. 0; CONFAB_ERR_BAD_INPUT: no UTF-8, or more than `length` said;
 * CONFAB_ERR_WOULD_WAIT; CONFAB_ERR_NETWORK: the call was joined anew, in which a stream does not go on;
 * CONFAB_ERR_LEFT.
 */
CONFAB_API int confab_stream_write(confab_stream *stream, const void *bytes, size_t length,
				   confab_error *ret_error);
/* The same without waiting; done (may be NULL) comes when they are on their way. Also CONFAB_ERR_NO_MEMORY: more than
 * CONFAB_STREAM_WAITING_MAX would wait. */
CONFAB_API void confab_stream_write_async(confab_stream *stream, const void *bytes, size_t length,
					  confab_done_fn *done, void *arg);

/*
 * Ends the stream and frees it. `why` NULL: it is complete; else the others are told that it is not, with this text
 * (256 bytes at most). Waits until the server has all of it. 0; CONFAB_ERR_WOULD_WAIT, and the stream is as it was;
 * CONFAB_ERR_BAD_INPUT: less was written than `length` said, `why` is no UTF-8 or too long; CONFAB_ERR_NETWORK, _LEFT,
 * _NO_MEMORY: it did not arrive. But for _WOULD_WAIT the stream is gone.
 */
CONFAB_API int confab_stream_close(confab_stream *stream, const char *why, confab_error *ret_error);
/* The same without waiting, after what was written; the stream is gone at once. done may be NULL. */
CONFAB_API void confab_stream_close_async(confab_stream *stream, const char *why,
					  confab_done_fn *done, void *arg);

/*
 * Sends a whole text as a stream (as if `text` and `length` of the options said so): in a chat of LiveKit's components
 * with the topic "lk.chat". Waits until the server has all of it. options NULL: to all others, without a topic. 0, and
 * errors as confab_call_open_stream, _write and _close.
 */
CONFAB_API int confab_call_send_text(confab_call *call, const confab_stream_options *options,
				     const char *text, confab_error *ret_error);
/* The same without waiting; done may be NULL. */
CONFAB_API void confab_call_send_text_async(confab_call *call, const confab_stream_options *options,
					    const char *text, confab_done_fn *done, void *arg);

#ifdef __cplusplus
}
#endif

#endif
