/* SPDX-License-Identifier: Apache-2.0 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/nearest.h"
#include "cli/cli.h"

int cli_usage(const struct cli_command *self, const char *format, ...)
{
	va_list args;

	fprintf(stderr, "confab %s: ", self->name);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fprintf(stderr, "\nusage: confab %s %s\n", self->name, self->usage);
	return CLI_USAGE;
}

int cli_fail(const char *format, ...)
{
	va_list args;

	fprintf(stderr, "confab: ");
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
	return CLI_FAILED;
}

/* Where the option's own value begins (`--x=value`), "" when it is the next argument;
 * NULL when it is another option. */
static const char *match(const char *arg, const char *name)
{
	size_t n = strlen(name);

	if (strncmp(arg, name, n) != 0 || (arg[n] != '=' && arg[n] != '\0'))
		return NULL;
	return arg + n;
}

static int one_option(const struct cli_command *self, int argc, char **argv, int *at,
		      const struct cli_option *options)
{
	const struct cli_option *all = options;
	char word[64];

	for (; options->name; options++) {
		const char *rest = match(argv[*at], options->name);

		if (!rest)
			continue;
		if (options->flag) {
			*options->flag = true;
			return *rest ? cli_usage(self, "%s takes no value", options->name) : 0;
		}
		if (*rest == '=')
			*options->value = rest + 1;
		else if (++*at < argc)
			*options->value = argv[*at];
		else
			return cli_usage(self, "%s needs a value", options->name);
		return 0;
	}
	(void)snprintf(word, sizeof word, "%.*s", (int)strcspn(argv[*at], "="), argv[*at]);
	const char *near = nearest_word(word, &all->name, (size_t)(options - all), sizeof *all);
	return cli_usage(self, "there is no option %s%s%s%s", argv[*at],
			 near ? ": did you mean " : "", near ? near : "", near ? "?" : "");
}

int cli_options(const struct cli_command *self, int argc, char **argv,
		const struct cli_option *options, const char **ret_operand)
{
	bool only_operands = false;

	for (int i = 0; i < argc; i++) {
		if (!only_operands && strcmp(argv[i], "--") == 0) {
			only_operands = true;
		} else if (!only_operands && argv[i][0] == '-') {
			int r = one_option(self, argc, argv, &i, options);

			if (r)
				return r;
		} else if (!ret_operand || *ret_operand) {
			return cli_usage(self, "'%s' is one argument too many", argv[i]);
		} else {
			*ret_operand = argv[i];
		}
	}
	return 0;
}
