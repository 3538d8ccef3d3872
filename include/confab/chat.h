/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Conversations: writing, reading, and what others do there.
 *
 * A conversation is named by its customer's user id (a customer has one of their own id), or by a channel's id
 * ("direct.ann.ben", "group.lunch"; docs/api.md). What is not named here, like labels or the team's queues, is
 * confab_client_request's. All functions fail with CONFAB_ERR_TOKEN_NOT_SET while nobody is connected, and wait
 * for a connect_user under way.
 */
#ifndef CONFAB_CHAT_H
#define CONFAB_CHAT_H

#include "base.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A file of a message, as the server keeps it. */
typedef struct confab_attachment {
	const char *id, *name;
	const char *mime;	/* told from its bytes: "image/jpeg" */
	const char *url;	/* behind the server's base URL: whoever has it may see the file */
	uint64_t size;		/* in bytes */
	unsigned width, height; /* of a picture, in pixels; else 0 */
} confab_attachment;

/* A message of a conversation. */
typedef struct confab_message {
	int64_t id; /* they grow, and are the order of a conversation */
	const char *conversation;
	const char *user, *user_name; /* who wrote it */
	const char *text;	      /* UTF-8; "" once it was deleted */
	const char *client_id;	      /* the sender's own name for it */
	uint64_t created_us;	      /* by the server's clock, in µs since 1970 */
	int64_t quoted_id;	      /* the message that this one answers; 0: none */
	int is_private;		      /* 1: a note of the team */
	int is_system; /* 1: the server's own, about a call or what was done with the conversation */
	int is_edited, is_deleted;
	const confab_attachment *attachments;
	size_t attachment_count;
} confab_message;

/* A file to send. */
typedef struct confab_file {
	const char *name;  /* "door.jpg"; 1 to 200 bytes of UTF-8 */
	const void *bytes; /* what kind of file it is the server tells from them */
	size_t length;	   /* 1 byte to 10 MiB */
} confab_file;

/* A message to send. */
typedef struct confab_draft {
	const char *text; /* UTF-8, 1 to 10,000 bytes; may be NULL with files */
	/*
	 * A name of your own for it, 1 to 64 characters: the same one twice stores one message, so a send whose end is not
	 * known, also of an earlier run of the program, can be repeated. NULL: a new one.
	 */
	const char *client_id;
	int64_t quoted_id;	  /* the message that this one answers; 0: none */
	int is_private;		  /* 1: a note that only the team sees; for the team */
	const confab_file *files; /* go with it; 10 at most */
	size_t file_count;
	/* How long to go on trying while the server cannot be reached or is busy, in seconds; 0: 60. An attempt under way
	 * then comes to its end, which takes 20 s at most, longer with files. */
	unsigned timeout_seconds;
} confab_draft;

/* The end of a send; error NULL: it is stored, as number `id`. */
typedef void confab_sent_fn(void *arg, const confab_error *error, int64_t id);

/*
 * Writes into a conversation. Goes over the event socket when that is up, else over HTTP; without a
 * connection it waits for one. Messages of one conversation arrive in the order of the calls, and each is stored
 * once, however often it had to be tried. Returns when the message is on the server's disk; with ret_id not NULL
 * its number. Waits. 0; CONFAB_ERR_TOKEN_NOT_SET; CONFAB_ERR_BAD_INPUT; CONFAB_ERR_NOT_FOUND: no such
 * conversation, or a stranger's; CONFAB_ERR_NETWORK: the server could not be reached in time, and may have
 * stored it all the same; CONFAB_ERR_RATE_LIMITED: 256 messages of this client wait already, or the server
 * was busy all the time; or the server's code. (docs/api.md, "Sending over the socket".)
 */
CONFAB_API int confab_chat_send(confab_client *client, const char *conversation,
				const confab_draft *draft, int64_t *ret_id,
				confab_error *ret_error);
/* The same without waiting; done may be NULL, else it comes exactly once. */
CONFAB_API void confab_chat_send_async(confab_client *client, const char *conversation,
				       const confab_draft *draft, confab_sent_fn *done, void *arg);

/* Which messages of a conversation: with both numbers 0 the newest. */
typedef struct confab_page {
	int64_t before; /* older than this one; 0: not asked */
	int64_t after;	/* newer than this one; 0: not asked; not both */
	unsigned limit; /* 1 to 100; 0: 50 */
} confab_page;

/* Some messages, in the order of the conversation (found ones: best first). */
typedef struct confab_messages {
	const confab_message *items;
	size_t count;
	int has_more; /* 1: there are more, in the direction that was asked */
} confab_messages;

/* The end of an _async function; error NULL: `messages`, gone when it returns; else NULL. */
typedef void confab_messages_fn(void *arg, const confab_error *error,
				const confab_messages *messages);

/*
 * Messages of a conversation: what was said before. page NULL: the newest 50. *ret is the caller's, to be freed by
 * confab_messages_free. Waits. 0; CONFAB_ERR_TOKEN_NOT_SET; CONFAB_ERR_BAD_INPUT; CONFAB_ERR_NOT_FOUND: no such
 * conversation, or a stranger's; CONFAB_ERR_NETWORK; or the server's code.
 */
CONFAB_API int confab_chat_history(confab_client *client, const char *conversation,
				   const confab_page *page, confab_messages **ret,
				   confab_error *ret_error);
/* The same without waiting; done comes exactly once. */
CONFAB_API void confab_chat_history_async(confab_client *client, const char *conversation,
					  const confab_page *page, confab_messages_fn *done,
					  void *arg);

/*
 * Messages with all of the words (the last one as a beginning), at most 100, best first; conversation NULL: in
 * all that this user may see. *ret is the caller's, to be freed by confab_messages_free. Waits. 0;
 * CONFAB_ERR_TOKEN_NOT_SET; CONFAB_ERR_BAD_INPUT: no words; CONFAB_ERR_NOT_FOUND; CONFAB_ERR_NETWORK; or the
 * server's code.
 */
CONFAB_API int confab_chat_search(confab_client *client, const char *conversation,
				  const char *words, confab_messages **ret,
				  confab_error *ret_error);
/* The same without waiting; done comes exactly once. */
CONFAB_API void confab_chat_search_async(confab_client *client, const char *conversation,
					 const char *words, confab_messages_fn *done, void *arg);
/* Frees what the two above returned; NULL is allowed. Never fails. Any thread. */
CONFAB_API void confab_messages_free(confab_messages *messages);

/*
 * Everything up to this message was read; the others are told. Never goes back; writing is reading, too. Waits. 0;
 * CONFAB_ERR_TOKEN_NOT_SET; CONFAB_ERR_BAD_INPUT; CONFAB_ERR_NOT_FOUND: no such message or conversation;
 * CONFAB_ERR_NETWORK; or the server's code.
 */
CONFAB_API int confab_chat_mark_read(confab_client *client, const char *conversation, int64_t id,
				     confab_error *ret_error);
/* The same without waiting. done may be NULL. */
CONFAB_API void confab_chat_mark_read_async(confab_client *client, const char *conversation,
					    int64_t id, confab_done_fn *done, void *arg);
/* Everything up to this message has arrived here, and was perhaps not read: the second tick of who wrote it.
 * Waits. Errors as confab_chat_mark_read; 0. */
CONFAB_API int confab_chat_mark_delivered(confab_client *client, const char *conversation,
					  int64_t id, confab_error *ret_error);
/* The same without waiting. done may be NULL. */
CONFAB_API void confab_chat_mark_delivered_async(confab_client *client, const char *conversation,
						 int64_t id, confab_done_fn *done, void *arg);

/*
 * Tells the others that this user is writing (1), and goes on telling until 0, until a message is sent there, or
 * a minute is over. Does not wait for the network, and what the server does not get is not repeated. Any
 * thread, callbacks included. 0; CONFAB_ERR_TOKEN_NOT_SET; CONFAB_ERR_BAD_INPUT; CONFAB_ERR_NO_MEMORY.
 */
CONFAB_API int confab_chat_set_typing(confab_client *client, const char *conversation, int typing);

/*
 * Changes the text of a message of one's own (customers: for 15 minutes). Waits. 0; CONFAB_ERR_TOKEN_NOT_SET;
 * CONFAB_ERR_BAD_INPUT; CONFAB_ERR_NOT_FOUND; CONFAB_ERR_NOT_ALLOWED: somebody else's, or too old;
 * CONFAB_ERR_NETWORK; or the server's code.
 */
CONFAB_API int confab_chat_edit(confab_client *client, const char *conversation, int64_t id,
				const char *text, confab_error *ret_error);
/* The same without waiting. done may be NULL. */
CONFAB_API void confab_chat_edit_async(confab_client *client, const char *conversation, int64_t id,
				       const char *text, confab_done_fn *done, void *arg);

/* Deletes a message; a placeholder stays. Admins delete anybody's. Waits. Errors as confab_chat_edit; 0. */
CONFAB_API int confab_chat_delete(confab_client *client, const char *conversation, int64_t id,
				  confab_error *ret_error);
/* The same without waiting. done may be NULL. */
CONFAB_API void confab_chat_delete_async(confab_client *client, const char *conversation,
					 int64_t id, confab_done_fn *done, void *arg);

/*
 * Adds (1) or takes away (0) this user's reaction of a type: an emoji, or a name of up to 32 bytes. Waits. Twice is
 * once. Errors as confab_chat_edit; 0.
 */
CONFAB_API int confab_chat_react(confab_client *client, const char *conversation, int64_t id,
				 const char *type, int on, confab_error *ret_error);
/* The same without waiting. done may be NULL. */
CONFAB_API void confab_chat_react_async(confab_client *client, const char *conversation, int64_t id,
					const char *type, int on, confab_done_fn *done, void *arg);

/*
 * The direct conversation of this user and another one, which is made when there is none: *ret is its name, the
 * caller's, to be freed by confab_text_free. Waits. 0; CONFAB_ERR_TOKEN_NOT_SET; CONFAB_ERR_BAD_INPUT;
 * CONFAB_ERR_NOT_FOUND: no such user; CONFAB_ERR_NOT_ALLOWED: only the team starts them here, or one of both has
 * blocked the other; CONFAB_ERR_NETWORK; or the server's code.
 */
CONFAB_API int confab_chat_direct(confab_client *client, const char *user, char **ret,
				  confab_error *ret_error);
/* The same without waiting; done comes exactly once. */
CONFAB_API void confab_chat_direct_async(confab_client *client, const char *user,
					 confab_text_fn *done, void *arg);

/*
 * Any other request of docs/api.md, in the user's name: method "GET", "POST", "PUT", "PATCH" or "DELETE"; path
 * with its query, from "/api/v1/" on; json: the body, or NULL. With ret not NULL *ret is the answer's JSON, the
 * caller's, to be freed by confab_text_free. It is asked once more with a new token when the old one has
 * expired. Waits. 0; CONFAB_ERR_TOKEN_NOT_SET; CONFAB_ERR_BAD_INPUT: another method or path, or no JSON object;
 * CONFAB_ERR_NETWORK; or the server's code.
 */
CONFAB_API int confab_client_request(confab_client *client, const char *method, const char *path,
				     const char *json, char **ret, confab_error *ret_error);
/* The same without waiting; done comes exactly once. */
CONFAB_API void confab_client_request_async(confab_client *client, const char *method,
					    const char *path, const char *json,
					    confab_text_fn *done, void *arg);

#ifdef __cplusplus
}
#endif

#endif
