/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A doorbell. Each Enter is a press of the button: it rings the whole team, whoever answers first is
 * connected, and if nobody does, a message is left in the conversation.
 *
 *	doorbell https://chat.example.com USER TOKEN
 *
 * The device is a customer like any other, with an account of its own (`confab user add`); TOKEN is a user
 * token of POST /api/video-call/token or `confab token create`. How to add a camera: publish.c.
 */
#include <confab/confab.h>
#include <stdio.h>
#include <string.h>

struct door {
	confab_client *client;
	const char *user, *token;
};

static void on_ring(struct door *door, const confab_event *e)
{
	int missed = e->ring->state == CONFAB_RING_ENDED && e->ring->outcome &&
		     strcmp(e->ring->outcome, "accepted") != 0;

	if (e->ring->state == CONFAB_RING_ACCEPTED)
		printf("%s answers\n", e->name);
	/* of each of the team who has missed it there is an event: one message is enough */
	if (missed)
		confab_client_send_message_async(door->client, door->user,
						 "Somebody was at the door.", e->ring->id, NULL,
						 NULL);
}

static void on_event(void *arg, const confab_event *e)
{
	struct door *door = arg;

	switch (e->type) {
	case CONFAB_EVENT_RING:
		on_ring(door, e);
		break;
	case CONFAB_EVENT_CALLING_STATE:
		if (e->state == CONFAB_CALL_RINGING)
			printf("ringing\n");
		if (e->state == CONFAB_CALL_JOINED)
			printf("connected\n");
		if (e->state == CONFAB_CALL_LEFT)
			printf("quiet again\n");
		break;
	case CONFAB_EVENT_PARTICIPANT_LEFT:
		confab_call_leave_async(e->call, NULL, NULL);
		break;
	case CONFAB_EVENT_MESSAGE:
		printf("%s: %s\n", e->name, e->message->text);
		break;
	default:
		break;
	}
	fflush(stdout);
}

/* A real device asks its own server for a new token here: this one is good for an hour. */
static void provide_token(void *arg, confab_token_request *request)
{
	confab_token_reply(request, ((struct door *)arg)->token, NULL);
}

int main(int argc, char **argv)
{
	confab_client_options options = { 0 };
	struct door door = { 0 };
	confab_user user = { 0 };
	confab_call *call = NULL;
	confab_error error;
	char id[80];

	if (argc != 4) {
		fprintf(stderr, "usage: %s URL USER TOKEN\n", argv[0]);
		return 2;
	}
	options.base_url = argv[1];
	options.on_event = on_event;
	options.arg = &door;
	user.id = door.user = argv[2];
	door.token = argv[3];
	snprintf(id, sizeof id, "chat-%s", argv[2]); /* the call of this device's conversation */
	if (confab_client_new(&door.client, &options, &error) ||
	    confab_client_connect_user(door.client, &user, provide_token, &door, &error) ||
	    !(call = confab_client_call(door.client, "default", id, &error))) {
		fprintf(stderr, "%s (code %d)\n", error.message, error.code);
		confab_client_free(door.client);
		return 1;
	}
	while (getchar() != EOF)
		if (confab_call_ring(call, NULL, &error))
			fprintf(stderr, "%s (code %d)\n", error.message, error.code);
	confab_client_free(door.client);
	return 0;
}
