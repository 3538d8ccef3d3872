# The list of commands. `make help` prints it.
.PHONY: help run build install web packages screenshots test test-long check bench fuzz fmt lint clean
.DEFAULT_GOAL := help

BUILD ?= build
BUILDTYPE ?= release
SECS ?= 60

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1	\2/p' $(MAKEFILE_LIST) | expand -t 20

run: ## install what is missing, build, start the demo on http://localhost:8080
	@tools/deps.sh run
	@$(MAKE) --no-print-directory build
	@exec $(BUILD)/confabd --demo --data confab-data $(ARGS)

build: $(BUILD)/build.ninja web ## build/confabd, build/confab, build/libconfab.so
	@ninja -C $(BUILD) $(if $(VERBOSE),,--quiet)

install: build ## both programs, libconfab and its header, the systemd unit: into /usr/local (or DESTDIR)
	@meson install -C $(BUILD) --no-rebuild --quiet
	@[ -n "$(DESTDIR)" ] || ldconfig

$(BUILD)/build.ninja:
	@meson setup $(BUILD) --buildtype=$(BUILDTYPE) -Dtests=$$(pkg-config --exists cmocka && echo true || echo false) >$(BUILD)-setup.log 2>&1 \
		|| { cat $(BUILD)-setup.log; exit 1; }
	@rm -f $(BUILD)-setup.log

# The web app is built again when one of its sources is newer than the last build.
web: web/dist/.stamp
web/dist/.stamp: $(shell find web -type f -not -path '*/node_modules/*' -not -path '*/dist/*' 2>/dev/null)
	@tools/deps.sh run
	@cd web && node build.mjs

packages: ## @confab/client and @confab/react for npm: web/dist/npm/*.tgz
	@tools/deps.sh run
	@cd web && node packages.mjs

screenshots: build ## pictures of every screen and state: test/out/screenshots; the best into docs/screenshots
	@tools/deps.sh test
	@node tools/screenshots.mjs --docs

test: ## everything CI runs; the last line is `N passed, N failed`
	@tools/deps.sh test
	@python3 tools/run_tests.py

test-long: ## the long matrix of links and attacks, and longer fuzz runs, on top of `make test`
	@tools/deps.sh test
	@python3 tools/run_tests.py --long --fuzz-seconds 600

check: ## under a minute: format, include arrows, sizes, types, unit tests
	@tools/deps.sh test
	@python3 tools/run_tests.py --only style,unit,sdk

bench: ## print the tables of bench/README.md
	@tools/deps.sh test
	@$(MAKE) --no-print-directory build
	@bench/run.sh

fuzz: ## make fuzz T=stun SECS=60: one fuzz target with ASan and UBSan
	@tools/deps.sh test
	@python3 tools/run_tests.py --only fuzz --fuzz-target "$(T)" --fuzz-seconds $(SECS)

fmt: ## format the C sources
	@git ls-files '*.c' '*.h' | xargs clang-format-14 -i

clean: ## remove what was built (not what was installed)
	rm -rf build build-* web/dist
