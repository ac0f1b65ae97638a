// SPDX-License-Identifier: MIT
#include "compositor/base/base.h"
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

// Nothing is allocated on this path, not even by stdio.
static _Noreturn void out_of_memory(void)
{
	static const char text[] = "out of memory\n";
	ssize_t ignored = write(STDERR_FILENO, text, sizeof(text) - 1);
	(void)ignored;
	abort();
}

void *xcalloc(size_t count, size_t size)
{
	void *memory = calloc(count ? count : 1, size ? size : 1);
	if (!memory)
		out_of_memory();
	return memory;
}

void *xrealloc(void *memory, size_t count, size_t size)
{
	memory = reallocarray(memory, count ? count : 1, size ? size : 1);
	if (!memory)
		out_of_memory();
	return memory;
}

char *xstrdup(const char *text)
{
	if (!text)
		return NULL;
	char *copy = strdup(text);
	if (!copy)
		out_of_memory();
	return copy;
}

char *xasprintf(const char *format, ...)
{
	char *text;
	va_list args;
	va_start(args, format);
	int length = vasprintf(&text, format, args);
	va_end(args);
	if (length < 0)
		out_of_memory();
	return text;
}

void replace_string(char **place, const char *text)
{
	char *copy = xstrdup(text); // text may lie in what is freed
	free(*place);
	*place = copy;
}

int memfd_sized(const char *name, size_t size)
{
	int fd = memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING);
	if (fd < 0)
		return -1;
	int result;
	do
		result = ftruncate(fd, (off_t)size);
	while (result < 0 && errno == EINTR);
	if (result < 0 || fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK) < 0) {
		int error = errno;
		close(fd);
		errno = error;
		return -1;
	}
	return fd;
}

void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

bool set_cloexec(int fd)
{
	int flags = fcntl(fd, F_GETFD);
	return flags >= 0 && fcntl(fd, F_SETFD, flags | FD_CLOEXEC) >= 0;
}

bool set_nonblock(int fd)
{
	int flags = fcntl(fd, F_GETFL);
	return flags >= 0 && fcntl(fd, F_SETFL, flags | O_NONBLOCK) >= 0;
}
