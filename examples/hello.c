/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Joins a call and says what comes in, until the call ends or Enter is pressed:
 *
 *	hello https://chat.example.com USER TOKEN CALL-ID
 *
 * TOKEN is a user token of POST /api/video-call/token (docs/api.md), or of `confab token create --user USER`.
 */
#include <confab/confab.h>
#include <stdio.h>

static void on_event(void *arg, const confab_event *e)
{
	unsigned *frames = arg;

	switch (e->type) {
	case CONFAB_EVENT_PARTICIPANT_JOINED:
		printf("%s is here\n", e->name);
		break;
	case CONFAB_EVENT_PARTICIPANT_LEFT:
		printf("%s has left\n", e->name);
		break;
	case CONFAB_EVENT_TRACK_SUBSCRIBED:
		printf("%s sends %s\n", e->name, e->codec == CONFAB_OPUS ? "sound" : "a picture");
		break;
	case CONFAB_EVENT_FRAME:
		if (++*frames % 100 == 1)
			printf("frame %u: %zu bytes%s\n", *frames, e->frame->length,
			       e->frame->key ? ", a key frame" : "");
		break;
	case CONFAB_EVENT_CALLING_STATE:
		printf("state %d%s%s\n", e->state, e->error ? ": " : "",
		       e->error ? e->error->message : "");
		break;
	default:
		break;
	}
	fflush(stdout);
}

/* A program that lives longer than its token asks its own server for a new one here. */
static void provide_token(void *arg, confab_token_request *request)
{
	confab_token_reply(request, arg, NULL);
}

int main(int argc, char **argv)
{
	confab_client_options options = { .on_event = on_event };
	confab_join_options join = { .create = 1 };
	confab_client *client = NULL;
	confab_call *call = NULL;
	confab_error error;
	unsigned frames = 0;
	confab_user user = { 0 };

	if (argc != 5) {
		fprintf(stderr, "usage: %s URL USER TOKEN CALL-ID\n", argv[0]);
		return 2;
	}
	options.base_url = argv[1];
	options.arg = &frames;
	user.id = argv[2];
	if (confab_client_new(&client, &options, &error) ||
	    confab_client_connect_user(client, &user, provide_token, argv[3], &error) ||
	    !(call = confab_client_call(client, "default", argv[4], &error)) ||
	    confab_call_join(call, &join, &error)) {
		fprintf(stderr, "%s (code %d)\n", error.message, error.code);
		confab_client_free(client);
		return 1;
	}
	(void)getchar();
	confab_client_free(client);
	return 0;
}
