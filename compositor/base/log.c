// SPDX-License-Identifier: MIT
#include "compositor/base/log.h"
#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "compositor/base/base.h"

#define LINE_MAX_BYTES 2048

// The log is global, as standard error is the process's.
static _Atomic(enum log_level) current_level = LOG_WARN;
static void (*current_sink)(enum log_level level, const char *line, void *data);
static void *sink_data;

void log_set_level(enum log_level level)
{
	current_level = level;
}

enum log_level log_get_level(void)
{
	return current_level;
}

void log_set_sink(void (*sink)(enum log_level level, const char *line, void *data), void *data)
{
	current_sink = sink;
	sink_data = data;
}

static size_t append(char *line, size_t used, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

// Truncates: used stays below LINE_MAX_BYTES.
static size_t append_args(char *line, size_t used, const char *format, va_list args)
{
	int length = vsnprintf(line + used, LINE_MAX_BYTES - used, format, args);
	return length < 0 ? used : MIN(used + (size_t)length, LINE_MAX_BYTES - 1);
}

static size_t append(char *line, size_t used, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	used = append_args(line, used, format, args);
	va_end(args);
	return used;
}

static int module_length(const char *name)
{
	const char *dot = strrchr(name, '.');
	return dot ? (int)(dot - name) : (int)strlen(name);
}

void log_writev(enum log_level level, const char *file, int error, const char *format, va_list args)
{
	static const char *const names[] = {"", "error", "warning", "info", "debug"};
	if (level > current_level || level == LOG_SILENT)
		return;
	int saved_errno = errno;
	char line[LINE_MAX_BYTES];
	const char *slash = strrchr(file, '/');
	const char *module = slash ? slash + 1 : file;
	size_t used = append(line, 0, "%s: %.*s: ", names[level], module_length(module), module);
	used = append_args(line, used, format, args);
	if (error) {
		char reason[128];
		used = append(line, used, ": %s", strerror_r(error, reason, sizeof(reason)));
	}
	// Text of clients may contain anything: control characters are escaped.
	for (size_t i = 0; i < used; i++)
		if ((unsigned char)line[i] < ' ' || line[i] == 0x7f)
			line[i] = line[i] == '\t' ? '\t' : '?';
	if (current_sink) {
		current_sink(level, line, sink_data);
	} else {
		line[used++] = '\n';
		ssize_t ignored = write(STDERR_FILENO, line, used);
		(void)ignored;
	}
	errno = saved_errno;
}

void log_write(enum log_level level, const char *file, int error, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	log_writev(level, file, error, format, args);
	va_end(args);
}
