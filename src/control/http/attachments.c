/* SPDX-License-Identifier: Apache-2.0 */
/* POST /api/v1/conversations/{id}/attachments, and GET /files/{id}/{name}. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/sb.h"
#include "control/chat/channels.h"
#include "control/control.h"
#include "control/files/files.h"
#include "control/files/kind.h"
#include "control/files/strip.h"
#include "control/http/access.h"
#include "control/http/handlers.h"
#include "control/http/message_args.h"
#include "control/http/storage.h"
#include "control/objects/objects.h"
#include "control/warnings.h"

/* ---- sending ---- */

struct upload {
	struct http_req *req;
	struct control *control;
	struct store_attachment attachment;
	char id[FILES_ID_SIZE];
	char *bytes; /* owned until they are written */
	bool again;  /* there was room, and then not */
};

static void look_for_room(struct upload *u);

static void on_noted(void *arg, int status, const struct store_attachment *attachment)
{
	struct upload *u = arg;

	if (status < 0)
		files_remove(u->control->files, u->id, NULL, NULL);
	if ((status == -EDQUOT || status == -EFBIG) && !u->again) { /* others were quicker */
		u->again = true;
		look_for_room(u);
		return;
	}
	storage_measure(u->control);
	if (status < 0) {
		access_answer_error(u->req, status, "conversation of this id");
	} else {
		http_reply_json(u->req, 201,
				json_pack("{s:o}", "attachment", object_attachment(attachment)));
	}
	free(u);
}

static void on_written(void *arg, int status, const char *id)
{
	struct upload *u = arg;

	if (status == -ENOSPC) {
		warnings_no_room(u->control->warnings, u->attachment.size);
		http_error(u->req, 507, -1, "The server's disk is full; tell its operator.");
	} else if (status < 0)
		access_answer_error(u->req, status, "folder for files");
	if (status < 0) {
		free(u);
		return;
	}
	(void)snprintf(u->id, sizeof u->id, "%s", id);
	u->attachment.id = u->id;
	const char *name = http_query(u->req, "name");
	u->attachment.name = name ? name : "file";
	u->attachment.waveform = http_query(u->req, "waveform");
	struct store_room room = storage_room(u->control, access_user(u->req));
	chat_attach(u->control->chat, access_user(u->req), http_param(u->req, "id"), &u->attachment,
		    &room, on_noted, u);
}

/* ---- whether there is room, before anything is written ---- */

static void on_stored(void *arg, int status, const struct store_stored *person,
		      const struct store_stored *total)
{
	struct upload *u = arg;
	char *bytes = u->bytes;
	struct refusal r;

	u->bytes = NULL;
	if (status < 0)
		access_answer_error(u->req, status, "account");
	else if (storage_refuses(u->control, access_user(u->req), person, total, u->attachment.size,
				 &r))
		http_refuse(u->req, &r);
	else if (!bytes) /* it was refused while others were deleted */
		access_answer_error(u->req, -EBUSY, "account");
	else {
		files_put(u->control->files, bytes, u->attachment.size, on_written, u);
		return;
	}
	free(bytes);
	free(u);
}

static void look_for_room(struct upload *u)
{
	store_stored_read(u->control->store, access_user(u->req)->id, on_stored, u);
}

/* What makes a file a voice note: how long it is and how it looks, measured by who recorded it. False: refused already. */
static bool read_voice(struct http_req *req, struct store_attachment *ret)
{
	const char *waveform = http_query(req, "waveform");
	int64_t ms = http_number_argument(req, "duration_ms", 0, LIMIT_VOICE_MS);
	size_t bars = waveform ? strspn(waveform, "0123456789abcdef") : 0;

	if (ms < 0)
		return false;
	if ((ms > 0) != (waveform != NULL) ||
	    (waveform && (bars == 0 || bars > LIMIT_VOICE_BARS || waveform[bars] != '\0'))) {
		http_error(req, 400, 4,
			   "A voice note has both `duration_ms` and `waveform`, 1 to %d of the "
			   "digits 0 to f.",
			   LIMIT_VOICE_BARS);
		return false;
	}
	ret->duration_ms = (uint32_t)ms;
	ret->waveform = waveform;
	return true;
}

void http_attach(struct http_req *req, struct control *control)
{
	size_t n;

	struct store_attachment voice = { 0 };
	if (!read_voice(req, &voice) || !http_may_write(req, control, WRITE_FILE))
		return;
	char *bytes = http_take_body(req, &n);
	struct upload *u = calloc(1, sizeof *u);
	if (!bytes || n == 0 || !u) {
		free(bytes);
		free(u);
		http_error(req, 400, 4, "The file is empty; send its bytes as the body.");
		return;
	}
	u->req = req;
	u->control = control;
	struct store_attachment *a = &u->attachment;
	n = file_strip(file_kind(bytes, n), bytes, n);
	a->kind = file_kind(bytes, n);
	if (voice.duration_ms && strncmp(a->kind, "audio/", 6) != 0) {
		http_error(req, 400, 4, "A voice note must be sound; these bytes are %s.", a->kind);
		free(bytes);
		free(u);
		return;
	}
	a->duration_ms = voice.duration_ms;
	a->size = n;
	(void)file_image_size(a->kind, bytes, n, &a->width, &a->height);
	u->bytes = bytes;
	look_for_room(u);
}

/* ---- showing ---- */

struct download {
	struct http_req *req;
	struct control *control;
};

static void on_read(void *arg, int status, const char *bytes, size_t n)
{
	struct download *d = arg;

	if (status < 0)
		access_answer_error(d->req, status, "file at this address");
	else
		http_reply(d->req, 200, file_kind(bytes, n), bytes, n);
	free(d);
}

/* RFC 6266, RFC 8187: the name in UTF-8, percent-encoded. */
static void set_disposition(struct http_req *req, const struct store_attachment *a)
{
	struct sb text = { 0 };

	sb_printf(&text, "%s; filename*=UTF-8''",
		  file_is_inline(a->kind) ? "inline" : "attachment");
	for (const unsigned char *p = (const unsigned char *)a->name; *p; p++)
		sb_printf(&text, "%%%02X", *p);
	if (!text.bad)
		http_add_header(req, "content-disposition", text.text);
	sb_fini(&text);
}

static void on_found(void *arg, int status, const struct store_attachment *a)
{
	struct download *d = arg;

	if (status < 0) {
		access_answer_error(d->req, status, "file at this address");
		free(d);
		return;
	}
	/* R5: whatever the bytes are, nothing in them runs, and no page frames them */
	http_add_header(d->req, "content-security-policy",
			"default-src 'none'; sandbox; frame-ancestors 'none'");
	http_add_header(d->req, "cache-control", "private, max-age=86400, immutable");
	set_disposition(d->req, a);
	files_get(d->control->files, a->id, on_read, d);
}

void http_file(struct http_req *req, struct control *control)
{
	struct download *d = calloc(1, sizeof *d);

	if (!d) {
		http_error(req, 500, -1, "Out of memory.");
		return;
	}
	*d = (struct download){ .req = req, .control = control };
	chat_attachment(control->chat, http_param(req, "file"), on_found, d);
}
