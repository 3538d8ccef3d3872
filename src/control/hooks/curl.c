/* SPDX-License-Identifier: Apache-2.0 */
#include "control/hooks/curl.h"

#include <dlfcn.h>
#include <errno.h>

#include "base/log.h"

int curl_load(struct curl *ret)
{
	static const char *const names[] = {
#define CURL_NAME(name) "curl_" #name,
		CURL_FUNCTIONS(CURL_NAME)
#undef CURL_NAME
	};
	void **functions = (void **)ret; /* POSIX: a void pointer can hold a function's address */
	void *library = dlopen("libcurl.so.4", RTLD_NOW | RTLD_NODELETE);

	for (size_t i = 0; library && i < sizeof names / sizeof *names; i++) {
		functions[i] = dlsym(library, names[i]);
		if (!functions[i])
			library = NULL;
	}
	if (!library) {
		log_error("hooks",
			  "webhooks, notifications and certificates need libcurl (package "
			  "libcurl4): %s",
			  dlerror());
		return -ELIBACC;
	}
	return 0;
}
