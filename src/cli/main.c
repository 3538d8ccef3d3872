/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/nearest.h"
#include "cli/cli.h"

static const struct cli_command commands[] = {
	{ "user add",
	  "ID [--role user|admin] [--name NAME] [--image URL] [--password-stdin] [--data DIR]",
	  "make an account; the password is the first line of the standard input", cli_user_add },
	{ "user list", "[--data DIR]", "list the accounts: id, role, name", cli_user_list },
	{ "data backup", "--to DIR [--data DIR]",
	  "copy the data folder, also while the server runs; the copy is a data folder, too",
	  cli_data_backup },
	{ "data restore", "--from DIR [--data DIR]",
	  "put a backup where the data folder was; confabd must not run", cli_data_restore },
	{ "doctor",
	  "[--data DIR] [--url https://chat.example.com] [--user ID,...] [--token-response FILE] "
	  "[--config FILE] [--json]",
	  "say why a call does not work, and what to do: keys, data, server, proxy, media, tokens",
	  cli_doctor },
	{ "link create", "--user ID [--url http://localhost:8080] [--data DIR]",
	  "print a one-time sign-in link, good for 24 hours", cli_link_create },
	{ "load",
	  "[--kind confab|livekit|janus|bare] [--server 127.0.0.1:8080] [--data DIR] [--rooms N] "
	  "[--publishers N] [--subscribers N] [--speakers N] [--rate JOINS-PER-S] [--warmup S] "
	  "[--seconds S] [--settle S] "
	  "[--pid SERVER] [--cpu N] [--simulcast] [--no-audio] [--no-video] [--no-data] "
	  "[--allow-remote] [--refusals] [--json FILE]",
	  "put load on a server and print what it costs (bench/README.md)", cli_load },
	{ "token create", "--user ID [--data DIR]", "print a user token, good for one hour",
	  cli_token_create },
	{ "widget secret", "[--data DIR]",
	  "print the secret with which a shop's server signs its customers' ids (docs/widget.md)",
	  cli_widget_secret },
};

/* The commands; `all`: with what follows each. */
static void help(FILE *out, bool all)
{
	fprintf(out, "confab: look after a Confab server's data folder\n\n");
	for (size_t i = 0; i < countof(commands); i++) {
		if (all)
			fprintf(out, "  confab %s %s\n      %s\n", commands[i].name,
				commands[i].usage, commands[i].summary);
		else
			fprintf(out, "  confab %-14s  %s\n", commands[i].name, commands[i].summary);
	}
	fprintf(out,
		all ? "  confab --help\n  confab --version\n\n"
		      "DIR is confabd's --data; without it the environment's CONFAB_DATA counts. "
		      "The server may be running.\n"
		      "Exit status: 0 done, 1 failed, 2 used wrongly.\n"
		    : "\nconfab COMMAND --help shows a command's options, confab --help all "
		      "everything.\n");
}

static bool asks_for_help(const char *word)
{
	return strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0;
}

/* Of the commands that begin with this word, or with both. How many there are. */
static size_t help_of(FILE *out, const char *first, const char *second)
{
	size_t n = strlen(first), found = 0;

	for (size_t i = 0; i < countof(commands); i++) {
		const char *name = commands[i].name;

		if (strncmp(name, first, n) != 0 || (name[n] != ' ' && name[n] != '\0') ||
		    (second && name[n] && strcmp(name + n + 1, second) != 0))
			continue;
		fprintf(out, "confab %s %s\n    %s\n", name, commands[i].usage,
			commands[i].summary);
		found++;
	}
	return found;
}

/* Words of the command that argv starts with; 0 when it is not this one. */
static int matches(const struct cli_command *command, int argc, char **argv)
{
	const char *space = strchr(command->name, ' ');
	size_t n = space ? (size_t)(space - command->name) : 0;

	if (!space)
		return argc >= 1 && strcmp(argv[0], command->name) == 0;
	return argc >= 2 && strlen(argv[0]) == n && strncmp(argv[0], command->name, n) == 0 &&
			       strcmp(argv[1], space + 1) == 0
		       ? 2
		       : 0;
}

static int no_command(int argc, char **argv)
{
	char words[128];

	(void)snprintf(words, sizeof words, "%s%s%s", argv[1], argc > 2 ? " " : "",
		       argc > 2 ? argv[2] : "");
	const char *near = nearest_word(words, &commands[0].name, countof(commands),
					sizeof *commands);
	if (!near)
		near = nearest_word(argv[1], &commands[0].name, countof(commands),
				    sizeof *commands);
	if (near)
		fprintf(stderr, "confab: there is no command '%s'; did you mean confab %s?\n",
			words, near);
	else
		fprintf(stderr, "confab: there is no command '%s'; confab --help lists them\n",
			words);
	return CLI_USAGE;
}

int main(int argc, char **argv)
{
	if (argc >= 2 && (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 ||
			  strcmp(argv[1], "help") == 0)) {
		help(stdout, argc > 2 && strcmp(argv[2], "all") == 0);
		return CLI_OK;
	}
	if (argc >= 2 && strcmp(argv[1], "--version") == 0) {
		printf("confab %s\n", CONFAB_VERSION);
		return CLI_OK;
	}
	/* `confab token --help`, `confab token create --help` */
	if (argc >= 3 && asks_for_help(argv[argc - 1]) &&
	    help_of(stdout, argv[1], argc > 3 ? argv[2] : NULL))
		return CLI_OK;
	for (size_t i = 0; i < countof(commands); i++) {
		int words = matches(&commands[i], argc - 1, argv + 1);

		if (words)
			return commands[i].run(&commands[i], argc - 1 - words, argv + 1 + words);
	}
	if (argc < 2) {
		help(stderr, false);
		return CLI_USAGE;
	}
	if (argc == 2 && help_of(stderr, argv[1], NULL)) /* `confab token` */
		return CLI_USAGE;
	return no_command(argc, argv);
}
