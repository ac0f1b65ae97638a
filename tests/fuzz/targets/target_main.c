// SPDX-License-Identifier: MIT
// libFuzzer entry point of the targets: --target=NAME selects one. --targets prints their names.
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "compositor/base/base.h"
#include "compositor/base/log.h"
#include "tests/fuzz/targets/fuzz_target.h"
#include "tests/harness/process.h"
#include "tests/harness/test.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct fuzz_target *const targets[] = {&target_control, &target_desktop, &target_edid,
	&target_ini, &target_keymap, &target_png, &target_script, &target_selector, &target_vdagent,
	&target_vhost, &target_vtest, &target_x11_hints, &target_x11_selection, &target_x11_text,
	&target_xcursor};

static const struct fuzz_target *target;
static char folder[64];

char *target_text(const uint8_t *data, size_t size)
{
	char *text = xcalloc(size + 1, 1);
	memcpy(text, data, size);
	return text;
}

char *target_part(struct input *input, size_t *size)
{
	static const char mark[] = "\n--\n";
	const size_t length = sizeof(mark) - 1;
	const uint8_t *end = input->left ? memmem(input->data, input->left, mark, length) : NULL;
	*size = end ? (size_t)(end - input->data) : input->left;
	char *text = target_text(input->data, *size);
	size_t used = *size + (end ? length : 0);
	input->data += used;
	input->left -= used;
	return text;
}

static void remove_folder(void)
{
	remove_tree(folder);
}

char *target_file(const char *name, const void *data, size_t size)
{
	if (!*folder) {
		const char *base = getenv("TMPDIR");
		snprintf(folder, sizeof(folder), "%s/oriel-fuzz-XXXXXX", base ? base : "/tmp");
		check(mkdtemp(folder) != NULL);
		atexit(remove_folder);
	}
	char *path = xasprintf("%s/%s", folder, name);
	char *slash = strrchr(path, '/');
	*slash = '\0';
	check(make_directories(path, 0700));
	*slash = '/';
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	check(fd >= 0 && write_all(fd, data, size));
	close(fd);
	return path;
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	const char *wanted = "";
	for (int i = 1; i < *argc; i++) {
		const char *argument = (*argv)[i];
		for (size_t j = 0; strcmp(argument, "--targets") == 0 && j < array_length(targets);
			j++)
			puts(targets[j]->name);
		if (strcmp(argument, "--targets") == 0)
			exit(0);
		if (strncmp(argument, "--target=", strlen("--target=")) == 0)
			wanted = argument + strlen("--target=");
	}
	for (size_t i = 0; i < array_length(targets); i++)
		if (strcmp(targets[i]->name, wanted) == 0)
			target = targets[i];
	if (!target) {
		fprintf(stderr, "There is no target '%s'; --targets lists them.\n", wanted);
		exit(2);
	}
	log_set_level(getenv("FUZZ_LOG") ? LOG_DEBUG : LOG_SILENT);
	setenv("XDG_CONFIG_HOME", "/nonexistent", 1);
	setenv("XKB_CONFIG_ROOT", TEST_ROOT "/fuzz/xkb", 1);
	if (target->prepare)
		target->prepare();
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	int fds = process_count_fds();
	target->open(data, size);
	check_eq(process_count_fds(), fds);
	return 0;
}
