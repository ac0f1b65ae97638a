// SPDX-License-Identifier: MIT
// Log: one line per message on standard error, with level and the file's name as module.
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

// Messages above the level are dropped. The default is LOG_WARN.
void log_set_level(enum log_level level);
// The current level.
enum log_level log_get_level(void);
// Redirects messages to the function, NULL: back to standard error. For tests and the control
// socket.
void log_set_sink(void (*sink)(enum log_level level, const char *line, void *data), void *data);

// Used by the macros below. error: an errno whose text is appended, or 0.
void log_write(enum log_level level, const char *file, int error, const char *format, ...)
	__attribute__((format(printf, 4, 5)));
// The same with a va_list.
void log_writev(
	enum log_level level, const char *file, int error, const char *format, va_list args);

#define log_error(...) log_write(LOG_ERROR, __FILE__, 0, __VA_ARGS__)
#define log_warn(...) log_write(LOG_WARN, __FILE__, 0, __VA_ARGS__)
#define log_info(...) log_write(LOG_INFO, __FILE__, 0, __VA_ARGS__)
#define log_debug(...) log_write(LOG_DEBUG, __FILE__, 0, __VA_ARGS__)
// An error with the text of errno.
#define log_errno(...) log_write(LOG_ERROR, __FILE__, errno, __VA_ARGS__)
