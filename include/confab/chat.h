/* SPDX-License-Identifier: Apache-2.0 */
/* Conversations: writing, and what others write. */
#ifndef CONFAB_CHAT_H
#define CONFAB_CHAT_H

#include "base.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A line of a conversation. */
typedef struct confab_message {
	int64_t id;
	const char *conversation; /* the customer's user id, or a channel's id */
	const char *text;	  /* UTF-8 */
	const char *client_id;	  /* the sender's own name for it */
	int is_private;		  /* 1: a note of the team */
} confab_message;

/*
 * Writes into a conversation: the customer's user id (a customer has one of their own id), or a channel's id. text: UTF-8, 1
 * to 10,000 bytes. client_id: 1 to 64 characters; the same one twice stores one message, so a send whose
 * end is not known can be repeated; NULL: a new one. Returns when the message is on the server's disk;
 * with ret_id not NULL its number. Waits. 0; CONFAB_ERR_TOKEN_NOT_SET; CONFAB_ERR_BAD_INPUT;
 * CONFAB_ERR_NOT_FOUND: no such conversation, or a stranger's; CONFAB_ERR_NETWORK; or the server's code.
 * What others write comes as CONFAB_EVENT_MESSAGE.
 */
CONFAB_API int confab_client_send_message(confab_client *client, const char *conversation,
					  const char *text, const char *client_id, int64_t *ret_id,
					  confab_error *ret_error);
/* The same without waiting and without the number. done may be NULL. */
CONFAB_API void confab_client_send_message_async(confab_client *client, const char *conversation,
						 const char *text, const char *client_id,
						 confab_done_fn *done, void *arg);

#ifdef __cplusplus
}
#endif

#endif
