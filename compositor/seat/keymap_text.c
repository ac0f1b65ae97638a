// SPDX-License-Identifier: MIT
// Checks the tokens of a keymap text against limits far above those of real keymaps, and compiles
// it, first in a child process. The limits keep the time that xkbcommon takes below some 10 ms.
#include "compositor/seat/keymap_text.h"
#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>
#include "compositor/base/base.h"

// Of a keymap with four layouts and all of evdev's keys: see the numbers behind.
#define MAX_TOKENS 32768   // 15,000
#define MAX_KEYCODES 1024  // 400
#define MAX_CODE 4095      // 708; xkbcommon allocates up to the largest
#define MAX_ALIASES 512    // 72; each is searched for in all others
#define MAX_TYPES 128      // 28
#define MAX_ENTRIES 2048   // of types; 300
#define MAX_LEVEL 16       // 8; every key of the type has as many
#define MAX_INTERPRETS 512 // 125
#define MAX_MODIFIERS 512  // tokens of modifier_map; 70
#define TRIAL_CPU_MS 500   // of the child process
#define TRIAL_SECONDS 5    // real time, on a busy machine or with files that are slow to read
#define MAX_INCLUDES 12    // files; 11 of a keymap that includes all its parts

// What xkbcommon 1.5 allocates, measured, and some more.
#define FIXED_BYTES (128 << 10) // for types, interpretations and names
#define KEY_BYTES 64            // for each code up to the largest
#define LEVEL_BYTES 40          // for each level of a layout of a key
#define MAX_BYTES (1 << 20)     // 260,000 of four large layouts; more takes long, too

enum trial { TRIAL_GOOD, TRIAL_BAD, TRIAL_LARGE };

enum token { TOKEN_END, TOKEN_BAD, TOKEN_STRING, TOKEN_KEY, TOKEN_NUMBER, TOKEN_WORD, TOKEN_MARK };

enum section { SECTION_NONE, SECTION_KEYCODES, SECTION_TYPES, SECTION_OTHER };

struct scan {
	const char *at, *end;
	enum token token;
	const char *start; // of the token's text: of a string and a key without its marks
	size_t length;
	uint64_t number;
	enum section section;
	bool begins;        // a statement
	bool is_mask;       // statement with masks as numbers
	bool is_modifiers;  // statement modifier_map
	bool includes_next; // the word before includes a file, if a string follows
	char mark;          // of the token before, '0': it was a number, else '\0'
	unsigned tokens, keycodes, aliases, types, entries, interprets, modifiers, includes;
};

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_word(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || is_digit(c);
}

static void skip_space(struct scan *scan)
{
	while (scan->at < scan->end) {
		bool comment = *scan->at == '#' ||
			(*scan->at == '/' && scan->end - scan->at > 1 && scan->at[1] == '/');
		if (!comment && !strchr(" \t\n\v\f\r", *scan->at))
			return;
		if (comment)
			while (scan->at < scan->end && *scan->at != '\n')
				scan->at++;
		else
			scan->at++;
	}
}

// The rest of a string or key up to its closing mark. xkbcommon's versions differ in whether a
// backslash hides the mark: refused.
static enum token scan_quoted(struct scan *scan, char mark, enum token token)
{
	scan->start = ++scan->at;
	while (scan->at < scan->end && *scan->at != mark) {
		bool hides = mark == '"' && *scan->at == '\\' && scan->end - scan->at > 1 &&
			scan->at[1] == '"';
		bool ends =
			*scan->at == '\n' || (mark == '>' && (*scan->at <= ' ' || *scan->at > '~'));
		if (hides || ends)
			return TOKEN_BAD;
		scan->at++;
	}
	if (scan->at == scan->end)
		return TOKEN_BAD;
	scan->length = (size_t)(scan->at++ - scan->start);
	return token;
}

static enum token scan_number(struct scan *scan)
{
	char *end;
	char text[32] = {0};
	scan->start = scan->at;
	while (scan->at < scan->end && (is_word(*scan->at) || *scan->at == '.'))
		scan->at++;
	scan->length = (size_t)(scan->at - scan->start);
	if (scan->length >= sizeof(text))
		return TOKEN_BAD;
	memcpy(text, scan->start, scan->length);
	errno = 0;
	scan->number = strtoull(text, &end, strncasecmp(text, "0x", 2) == 0 ? 16 : 10);
	return errno || (*end && *end != '.') ? TOKEN_BAD : TOKEN_NUMBER;
}

static enum token next_token(struct scan *scan)
{
	skip_space(scan);
	if (scan->at == scan->end)
		return TOKEN_END;
	if (*scan->at == '"')
		return scan_quoted(scan, '"', TOKEN_STRING);
	if (*scan->at == '<')
		return scan_quoted(scan, '>', TOKEN_KEY);
	if (is_digit(*scan->at))
		return scan_number(scan);
	scan->start = scan->at;
	while (scan->at < scan->end && is_word(*scan->at))
		scan->at++;
	scan->length = (size_t)(scan->at - scan->start);
	if (scan->length)
		return TOKEN_WORD;
	scan->at++;
	scan->length = 1;
	return TOKEN_MARK;
}

static bool token_is(const struct scan *scan, const char *word)
{
	return scan->length == strlen(word) && strncasecmp(scan->start, word, scan->length) == 0;
}

static bool token_is_any(const struct scan *scan, const char *const *words, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (token_is(scan, words[i]))
			return true;
	return false;
}

// Names of files in the system's folders, as "pc+us+inet(evdev)": no paths to others, and neither
// escapes nor the % of newer versions of xkbcommon.
static const char *check_include(struct scan *scan)
{
	char before = '\0';
	scan->includes++;
	for (size_t i = 0; i < scan->length; i++) {
		char c = scan->start[i];
		bool joins = c == '+' || c == '|' || c == '^';
		bool allowed = is_word(c) || joins || strchr("-():,", c) ||
			((c == '/' || c == '.') && is_word(before));
		if (!allowed)
			return "includes a file by a path";
		scan->includes += joins;
		before = c;
	}
	return scan->includes > MAX_INCLUDES ? "includes too many files" : NULL;
}

static void enter_section(struct scan *scan)
{
	if (scan->length < 4 || strncasecmp(scan->start, "xkb_", 4) != 0)
		return;
	if (token_is(scan, "xkb_keycodes"))
		scan->section = SECTION_KEYCODES;
	else if (token_is(scan, "xkb_types"))
		scan->section = SECTION_TYPES;
	else
		scan->section = SECTION_OTHER;
}

static const char *check_word(struct scan *scan)
{
	static const char *const includes[] = {
		"include", "augment", "override", "replace", "alternate"};
	static const char *const entries[] = {"map", "preserve", "level_name", "levelname"};
	static const char *const masks[] = {"virtual_modifiers", "modifiers"};
	static const char *const modifiers[] = {"modifier_map", "mod_map", "modmap"};
	scan->includes_next = token_is_any(scan, includes, array_length(includes));
	if (scan->begins && !scan->includes_next) {
		scan->is_mask = token_is_any(scan, masks, array_length(masks));
		scan->is_modifiers = token_is_any(scan, modifiers, array_length(modifiers));
		scan->begins = false;
	}
	enter_section(scan);
	// "type" also occurs within the keys of xkb_symbols.
	scan->types += scan->section == SECTION_TYPES && token_is(scan, "type");
	scan->entries += token_is_any(scan, entries, array_length(entries));
	scan->aliases += token_is(scan, "alias");
	scan->interprets += token_is(scan, "interpret");
	if (scan->types > MAX_TYPES || scan->entries > MAX_ENTRIES)
		return "has too many types of keys";
	if (scan->aliases > MAX_ALIASES)
		return "has too many aliases";
	return scan->interprets > MAX_INTERPRETS ? "has too many interpretations" : NULL;
}

static const char *check_number(struct scan *scan)
{
	if (scan->section == SECTION_KEYCODES) {
		if (scan->number > MAX_CODE)
			return "has key codes that no keyboard has";
		return ++scan->keycodes > MAX_KEYCODES ? "has too many keys" : NULL;
	}
	// Numbers of types are levels, unless they are masks.
	if (scan->section != SECTION_TYPES || scan->is_mask)
		return NULL;
	return scan->number > MAX_LEVEL || scan->mark == '+' ? "has too many levels" : NULL;
}

static const char *check_mark(struct scan *scan)
{
	char mark = *scan->start;
	if (mark == ';' || ((mark == '{' || mark == '}') && !scan->is_modifiers)) {
		scan->begins = true;
		scan->is_mask = scan->is_modifiers = false;
	}
	bool computes = strchr("*/~()-", mark) || (mark == '+' && scan->mark == '0');
	return scan->section == SECTION_TYPES && !scan->is_mask && computes ? "computes levels"
									    : NULL;
}

static const char *check_token(struct scan *scan)
{
	if (++scan->tokens > MAX_TOKENS)
		return "is too long";
	scan->modifiers += scan->is_modifiers;
	if (scan->modifiers > MAX_MODIFIERS)
		return "has too many modifiers";
	bool included = scan->includes_next && scan->token == TOKEN_STRING;
	scan->includes_next = false;
	switch (scan->token) {
	case TOKEN_BAD:
		return "is malformed";
	case TOKEN_STRING:
		return included ? check_include(scan) : NULL;
	case TOKEN_NUMBER:
		return check_number(scan);
	case TOKEN_WORD:
		return check_word(scan);
	case TOKEN_MARK:
		return check_mark(scan);
	default:
		return NULL;
	}
}

static char mark_of(const struct scan *scan)
{
	if (scan->token == TOKEN_NUMBER)
		return '0';
	return scan->token == TOKEN_MARK ? *scan->start : '\0';
}

const char *keymap_text_fault(const char *text, size_t length)
{
	length = strnlen(text, length);
	if (length > KEYMAP_TEXT_MAX)
		return "is too large";
	struct scan scan = {.at = text, .end = text + length, .begins = true};
	while ((scan.token = next_token(&scan)) != TOKEN_END) {
		const char *fault = check_token(&scan);
		if (fault)
			return fault;
		scan.mark = mark_of(&scan);
	}
	return NULL;
}

static bool starts_with_folder(const char *path, const char *folder)
{
	size_t length = folder ? strlen(folder) : 0;
	return length > 1 && strncmp(path, folder, length) == 0 &&
		(path[length] == '/' || !path[length]);
}

static void drop_message(
	struct xkb_context *context, enum xkb_log_level level, const char *format, va_list args)
{
}

struct xkb_context *keymap_text_context(void)
{
	struct xkb_context *context = xkb_context_new(XKB_CONTEXT_NO_DEFAULT_INCLUDES);
	struct xkb_context *defaults = xkb_context_new(XKB_CONTEXT_NO_FLAGS);
	for (unsigned i = 0; context && defaults && i < xkb_context_num_include_paths(defaults);
		i++) {
		const char *path = xkb_context_include_path_get(defaults, i);
		if (!starts_with_folder(path, getenv("XDG_CONFIG_HOME")) &&
			!starts_with_folder(path, getenv("HOME")))
			xkb_context_include_path_append(context, path);
	}
	xkb_context_unref(defaults);
	if (context)
		xkb_context_set_log_fn(context, drop_message);
	return context;
}

static struct xkb_keymap *compile_text(struct xkb_context *context, const char *text, size_t length)
{
	return xkb_keymap_new_from_buffer(
		context, text, length, XKB_KEYMAP_FORMAT_TEXT_V1, XKB_KEYMAP_COMPILE_NO_FLAGS);
}

// In the child process: all that is done with the keymap later, too.
static enum trial trial_run(struct xkb_context *context, const char *text, size_t length)
{
	static const int signals[] = {SIGSEGV, SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGALRM, SIGPROF};
	const struct itimerval cpu_limit = {.it_value = {.tv_usec = TRIAL_CPU_MS * 1000}};
	const struct itimerval limit = {.it_value = {.tv_sec = TRIAL_SECONDS}};
	const struct rlimit no_core = {0};
	sigset_t set;
	sigemptyset(&set);
	for (size_t i = 0; i < array_length(signals); i++) {
		signal(signals[i], SIG_DFL); // ours would restore the console of the session
		sigaddset(&set, signals[i]);
	}
	sigprocmask(SIG_UNBLOCK, &set, NULL);
	setrlimit(RLIMIT_CORE, &no_core);
	setitimer(ITIMER_PROF, &cpu_limit, NULL);
	setitimer(ITIMER_REAL, &limit, NULL);
	close(STDERR_FILENO); // of failed assertions
	struct xkb_keymap *keymap = compile_text(context, text, length);
	if (keymap && keymap_text_memory(keymap) > MAX_BYTES)
		return TRIAL_LARGE;
	struct xkb_state *state = keymap ? xkb_state_new(keymap) : NULL;
	return state && xkb_keymap_get_as_string(keymap, XKB_KEYMAP_FORMAT_TEXT_V1) ? TRIAL_GOOD
										    : TRIAL_BAD;
}

// The limits do not cover all that crashes xkbcommon ("key <A> { ,a }" does in 1.5), so a child
// process tries first. A fork and a keymap take some milliseconds.
static const char *try_in_child(struct xkb_context *context, const char *text, size_t length)
{
	int status = 0;
	pid_t pid = fork(), ended;
	if (pid == 0)
		_exit(trial_run(context, text, length));
	if (pid < 0)
		return "needs a process to try it in";
	do
		ended = waitpid(pid, &status, 0);
	while (ended < 0 && errno == EINTR);
	int fatal = ended == pid && WIFSIGNALED(status) ? WTERMSIG(status) : 0;
	if (fatal == SIGALRM || fatal == SIGPROF)
		return "takes too long to compile";
	if (ended != pid || !WIFEXITED(status))
		return "is one that xkbcommon crashes on";
	if (WEXITSTATUS(status) == TRIAL_LARGE)
		return "has too many levels";
	return WEXITSTATUS(status) == TRIAL_GOOD ? NULL : "cannot be compiled";
}

struct xkb_keymap *keymap_text_compile(
	struct xkb_context *context, const char *text, size_t length, const char **fault)
{
	*fault = context ? keymap_text_fault(text, length) : "needs memory";
	length = strnlen(text, length);
	if (!*fault)
		*fault = try_in_child(context, text, length);
	if (*fault)
		return NULL;
	struct xkb_keymap *keymap = compile_text(context, text, length);
	if (!keymap)
		*fault = "cannot be compiled";
	return keymap;
}

size_t keymap_text_memory(struct xkb_keymap *keymap)
{
	xkb_keycode_t last = xkb_keymap_max_keycode(keymap);
	size_t bytes = FIXED_BYTES + ((size_t)last + 1) * KEY_BYTES;
	for (xkb_keycode_t key = xkb_keymap_min_keycode(keymap); key <= last; key++)
		for (xkb_layout_index_t i = 0; i < xkb_keymap_num_layouts_for_key(keymap, key); i++)
			bytes +=
				(size_t)xkb_keymap_num_levels_for_key(keymap, key, i) * LEVEL_BYTES;
	return bytes;
}
