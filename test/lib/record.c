/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Joins a call with libconfab and writes the first video track that comes into an IVF file, for
 * decoders to judge; says as lines of JSON what else comes. Ends after so many seconds.
 *
 *	record URL USER TOKEN CALL-ID SECONDS OUT.ivf
 *
 * With "-" as USER, the URL is that of a LiveKit server and TOKEN its access token.
 */
#include <confab/confab.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct record {
	FILE *out;
	char track[64];
	uint32_t frames, first, keys;
	unsigned sound;
};

static void put(FILE *f, uint64_t v, unsigned bytes)
{
	for (unsigned i = 0; i < bytes; i++)
		(void)fputc((int)(v >> (8 * i) & 0xff), f);
}

/* IVF: the header's size of the picture is only a hint; decoders take the key frame's. */
static void put_header(FILE *f)
{
	(void)fwrite("DKIF\0\0\40\0VP80", 1, 12, f);
	put(f, 640, 2);
	put(f, 360, 2);
	put(f, 90000, 4);
	put(f, 1, 4);
	put(f, 0, 8);
}

static void take_frame(struct record *r, const confab_event *e)
{
	if (e->codec == CONFAB_OPUS) {
		r->sound++;
		return;
	}
	/* the first; after a reconnection it has another id */
	if (!r->track[0])
		(void)snprintf(r->track, sizeof r->track, "%s", e->track_id);
	if (strcmp(r->track, e->track_id) != 0)
		return;
	if (r->frames++ == 0) {
		r->first = e->frame->timestamp;
		if (e->codec == CONFAB_VP9 || e->codec == CONFAB_AV1) {
			(void)fseek(r->out, 8, SEEK_SET);
			(void)fwrite(e->codec == CONFAB_VP9 ? "VP90" : "AV01", 1, 4, r->out);
			(void)fseek(r->out, 0, SEEK_END);
		}
	}
	r->keys += e->frame->key != 0;
	put(r->out, e->frame->length, 4);
	put(r->out, e->frame->timestamp - r->first, 8);
	(void)fwrite(e->frame->bytes, 1, e->frame->length, r->out);
}

static void on_event(void *arg, const confab_event *e)
{
	if (e->type == CONFAB_EVENT_FRAME)
		take_frame(arg, e);
	else if (e->type == CONFAB_EVENT_DATA)
		printf("{\"data\":\"%.*s\",\"topic\":\"%s\"}\n", (int)e->length,
		       (const char *)e->data, e->topic ? e->topic : "");
	else if (e->type == CONFAB_EVENT_TRACK_MUTED)
		printf("{\"muted\":%d,\"source\":%d}\n", e->muted, e->source);
	else if (e->type == CONFAB_EVENT_TRACK_UNSUBSCRIBED && e->codec != CONFAB_OPUS)
		((struct record *)arg)->track[0] = '\0';
	else if (e->type == CONFAB_EVENT_CALLING_STATE)
		printf("{\"state\":%d}\n", e->state);
	else if (e->type == CONFAB_EVENT_PARTICIPANT_JOINED ||
		 e->type == CONFAB_EVENT_PARTICIPANT_LEFT)
		printf("{\"%s\":\"%s\"}\n",
		       e->type == CONFAB_EVENT_PARTICIPANT_JOINED ? "joined" : "left", e->name);
	(void)fflush(stdout);
}

static void provide_token(void *arg, confab_token_request *request)
{
	confab_token_reply(request, arg, NULL);
}

int main(int argc, char **argv)
{
	struct record r = { 0 };
	confab_client_options options = { .on_event = on_event, .arg = &r };
	confab_join_options join = { .create = 1 };
	confab_user user = { 0 };
	confab_client *client;
	confab_call *call;
	confab_error error;

	if (argc != 7 || !(r.out = fopen(argv[6], "wb")))
		return 2;
	put_header(r.out);
	if (strcmp(argv[2], "-") == 0) {
		join.url = argv[1];
		join.token = argv[3];
	} else {
		options.base_url = argv[1];
	}
	user.id = argv[2];
	if (confab_client_new(&client, &options, &error))
		return 1;
	if ((!join.url &&
	     confab_client_connect_user(client, &user, provide_token, argv[3], &error)) ||
	    !(call = confab_client_call(client, "default", argv[4], &error)) ||
	    confab_call_join(call, &join, &error)) {
		(void)fprintf(stderr, "%s (code %d)\n", error.message, error.code);
		confab_client_free(client);
		return 1;
	}
	(void)confab_call_send_data(call, "hello from C", 12, 1, "greeting");
	(void)nanosleep(&(struct timespec){ .tv_sec = atoi(argv[5]) }, NULL);
	confab_client_free(client);
	(void)fclose(r.out);
	printf("{\"frames\":%" PRIu32 ",\"keys\":%" PRIu32 ",\"sound\":%u}\n", r.frames, r.keys,
	       r.sound);
	return 0;
}
