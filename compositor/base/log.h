// SPDX-License-Identifier: MIT
// One line per message on standard error: level, the file's name as module, text.
// A file may set LOG_MODULE before it includes this; otherwise its name is used.
#pragma once
#include <stdarg.h>
#include <stdbool.h>

enum log_level {
	LOG_SILENT,
	LOG_ERROR,
	LOG_WARN,
	LOG_INFO,
	LOG_DEBUG,
};

// Messages above this level are dropped. The default is LOG_WARN.
void log_set_level(enum log_level level);
enum log_level log_get_level(void);
// Takes messages instead of standard error until it is called with NULL (tests).
void log_set_sink(void (*sink)(enum log_level level, const char *line, void *data), void *data);

void log_write(enum log_level level, const char *file, int error, const char *format, ...)
	__attribute__((format(printf, 4, 5)));
void log_writev(
	enum log_level level, const char *file, int error, const char *format, va_list args);

#define log_error(...) log_write(LOG_ERROR, __FILE__, 0, __VA_ARGS__)
#define log_warn(...) log_write(LOG_WARN, __FILE__, 0, __VA_ARGS__)
#define log_info(...) log_write(LOG_INFO, __FILE__, 0, __VA_ARGS__)
#define log_debug(...) log_write(LOG_DEBUG, __FILE__, 0, __VA_ARGS__)
// The same with the text of errno behind it.
#define log_errno(...) log_write(LOG_ERROR, __FILE__, errno, __VA_ARGS__)
