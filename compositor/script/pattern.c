// SPDX-License-Identifier: MIT
// Compiles a regular expression to a machine with one node per character, which is run in all its
// states at once.
#include "compositor/script/pattern.h"
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include "compositor/base/base.h"
#include "compositor/base/utf8.h"

enum node_kind {
	NODE_CHARACTER,
	NODE_ANY,
	NODE_SET,
	NODE_SPLIT, // continues at both offsets
	NODE_JUMP,
	NODE_ASSERT, // enum assertion
	NODE_MATCH,
};

enum assertion {
	ASSERT_START,
	ASSERT_END,
	ASSERT_BOUNDARY,
	ASSERT_NO_BOUNDARY,
	ASSERT_WORD_START,
	ASSERT_WORD_END,
};

// Offsets are relative to the node, so that a part of the machine can be copied.
struct pattern_node {
	enum node_kind kind;
	uint32_t value; // character, index of the set, assertion
	int to, or_to;
};

struct pattern_range {
	uint32_t from, to;
};

struct pattern_set {
	bool negated;
	unsigned classes; // bits of class_names
	size_t first, count;
};

static const struct {
	const char *name;
	int (*holds)(int c); // of ASCII
	bool beyond;         // what lies beyond ASCII belongs to it
} class_names[] = {
	{"alnum", isalnum, true},
	{"alpha", isalpha, true},
	{"blank", isblank, false},
	{"cntrl", iscntrl, false},
	{"digit", isdigit, false},
	{"graph", isgraph, true},
	{"lower", islower, false},
	{"print", isprint, true},
	{"punct", ispunct, false},
	{"space", isspace, false},
	{"upper", isupper, false},
	{"xdigit", isxdigit, false},
};
enum { CLASS_ALNUM = 0, CLASS_SPACE = 9 };

static bool in_class(unsigned class, uint32_t c)
{
	return c < 0x80 ? class_names[class].holds((int)c) : class_names[class].beyond;
}

// Compiling

struct compiler {
	struct pattern *pattern;
	const char *at, *end;
	size_t cost; // nodes and ranges
	unsigned depth;
	const char *error; // static; NULL: none
};

static bool compiler_fail(struct compiler *compiler, const char *error)
{
	if (!compiler->error)
		compiler->error = error;
	return false;
}

static bool compiler_pay(struct compiler *compiler, size_t cost)
{
	compiler->cost += cost;
	return compiler->cost <= PATTERN_SIZE ||
		compiler_fail(compiler, "its repeats make more than 2000 characters");
}

static bool add_node(struct compiler *compiler, enum node_kind kind, uint32_t value)
{
	struct pattern *pattern = compiler->pattern;
	if (!compiler_pay(compiler, 1))
		return false;
	array_reserve(pattern->nodes, pattern->n_nodes, pattern->nodes_capacity);
	pattern->nodes[pattern->n_nodes++] =
		(struct pattern_node){.kind = kind, .value = value, .to = 1};
	return true;
}

static bool insert_split(struct compiler *compiler, size_t at, int to, int or_to)
{
	if (!add_node(compiler, NODE_SPLIT, 0))
		return false;
	struct pattern *pattern = compiler->pattern;
	memmove(&pattern->nodes[at + 1], &pattern->nodes[at],
		(pattern->n_nodes - 1 - at) * sizeof(*pattern->nodes));
	pattern->nodes[at] = (struct pattern_node){.kind = NODE_SPLIT, .to = to, .or_to = or_to};
	return true;
}

static bool add_jump(struct compiler *compiler, enum node_kind kind, int to, int or_to)
{
	if (!add_node(compiler, kind, 0))
		return false;
	struct pattern_node *node = &compiler->pattern->nodes[compiler->pattern->n_nodes - 1];
	node->to = to;
	node->or_to = or_to;
	return true;
}

// Appends a copy of nodes that were taken out of the machine.
static bool add_copy(struct compiler *compiler, const struct pattern_node *nodes, size_t count)
{
	struct pattern *pattern = compiler->pattern;
	for (size_t i = 0; i < count; i++) {
		size_t ranges = nodes[i].kind == NODE_SET ? pattern->sets[nodes[i].value].count : 0;
		if (!compiler_pay(compiler, ranges) ||
			!add_node(compiler, nodes[i].kind, nodes[i].value))
			return false;
		pattern->nodes[pattern->n_nodes - 1] = nodes[i];
	}
	return true;
}

static bool repeat_star(struct compiler *compiler, size_t start)
{
	int length = (int)(compiler->pattern->n_nodes - start);
	return insert_split(compiler, start, 1, length + 2) &&
		add_jump(compiler, NODE_JUMP, -(length + 1), 0);
}

static bool repeat_optional(struct compiler *compiler, size_t start)
{
	int length = (int)(compiler->pattern->n_nodes - start);
	return insert_split(compiler, start, 1, length + 1);
}

// The atom from start on, most times; most < 0: any number of times.
static bool repeat_times(struct compiler *compiler, size_t start, long least, long most)
{
	struct pattern *pattern = compiler->pattern;
	size_t count = pattern->n_nodes - start;
	struct pattern_node *atom = xcalloc(MAX(count, 1), sizeof(*atom));
	bool ok = true;
	if (count)
		memcpy(atom, &pattern->nodes[start], count * sizeof(*atom));
	pattern->n_nodes = start;
	for (long i = 0; ok && i < least; i++)
		ok = add_copy(compiler, atom, count);
	size_t last = pattern->n_nodes;
	if (ok && most < 0)
		ok = add_copy(compiler, atom, count) && repeat_star(compiler, last);
	for (long i = least; ok && i < most; i++) {
		last = pattern->n_nodes;
		ok = add_copy(compiler, atom, count) && repeat_optional(compiler, last);
	}
	free(atom);
	return ok;
}

static bool parse_number(struct compiler *compiler, long *value)
{
	if (!isdigit((unsigned char)*compiler->at))
		return false;
	for (*value = 0; isdigit((unsigned char)*compiler->at); compiler->at++)
		*value = MIN(*value * 10 + (*compiler->at - '0'), PATTERN_SIZE + 1);
	return true;
}

// Behind '{'.
static bool parse_interval(struct compiler *compiler, size_t start)
{
	long least = 0, most;
	bool has_least = parse_number(compiler, &least);
	most = least;
	if (*compiler->at == ',') {
		compiler->at++;
		if (!parse_number(compiler, &most))
			most = has_least ? -1 : -2;
	} else if (!has_least) {
		most = -2;
	}
	if (*compiler->at != '}' || most == -2 || (most >= 0 && most < least))
		return compiler_fail(compiler, "a repeat is written {N}, {N,} or {N,M}");
	compiler->at++;
	return MAX(least, most) > PATTERN_SIZE
		? compiler_fail(compiler, "its repeats make more than 2000 characters")
		: repeat_times(compiler, start, least, most);
}

static bool parse_repeats(struct compiler *compiler, size_t start)
{
	for (;;) {
		char c = *compiler->at;
		size_t length = compiler->pattern->n_nodes - start;
		if (!c || !strchr("*+?{", c))
			return true;
		compiler->at++;
		bool ok = c == '*' ? repeat_star(compiler, start)
			: c == '?' ? repeat_optional(compiler, start)
			: c == '+' ? add_jump(compiler, NODE_SPLIT, -(int)length, 1)
				   : parse_interval(compiler, start);
		if (!ok)
			return false;
	}
}

// Behind "[:": the class up to ":]".
static bool parse_class(struct compiler *compiler, unsigned *classes)
{
	for (unsigned i = 0; i < array_length(class_names); i++) {
		size_t length = strlen(class_names[i].name);
		if (strncmp(compiler->at, class_names[i].name, length) != 0 ||
			strncmp(compiler->at + length, ":]", 2) != 0)
			continue;
		*classes |= 1u << i;
		compiler->at += length + 2;
		return true;
	}
	return compiler_fail(compiler, "there is no such class of characters");
}

// One end of a range: a character, [.c.] or [=c=].
static bool parse_set_character(struct compiler *compiler, uint32_t *character)
{
	char kind = '\0';
	if (compiler->at[0] == '[' && (compiler->at[1] == '.' || compiler->at[1] == '=')) {
		kind = compiler->at[1];
		compiler->at += 2;
	}
	if (!*compiler->at)
		return compiler_fail(compiler, "a [ is not closed");
	*character = utf8_next(&compiler->at, compiler->end);
	if (!kind)
		return true;
	if (compiler->at[0] != kind || compiler->at[1] != ']')
		return compiler_fail(compiler, "[. .] and [= =] take one character");
	compiler->at += 2;
	return true;
}

static bool add_range(struct compiler *compiler, uint32_t from, uint32_t to)
{
	struct pattern *pattern = compiler->pattern;
	if (from > to)
		return compiler_fail(compiler, "a range ends before it begins");
	array_reserve(pattern->ranges, pattern->n_ranges, pattern->ranges_capacity);
	pattern->ranges[pattern->n_ranges++] = (struct pattern_range){from, to};
	return compiler_pay(compiler, 1);
}

static bool add_set(struct compiler *compiler, const struct pattern_set *set)
{
	struct pattern *pattern = compiler->pattern;
	array_reserve(pattern->sets, pattern->n_sets, pattern->sets_capacity);
	pattern->sets[pattern->n_sets++] = *set;
	return add_node(compiler, NODE_SET, (uint32_t)pattern->n_sets - 1);
}

// Behind '['.
static bool parse_set(struct compiler *compiler)
{
	struct pattern_set set = {.first = compiler->pattern->n_ranges};
	if (*compiler->at == '^') {
		set.negated = true;
		compiler->at++;
	}
	for (bool first = true; first || *compiler->at != ']'; first = false) {
		uint32_t from, to;
		if (compiler->at[0] == '[' && compiler->at[1] == ':') {
			compiler->at += 2;
			if (!parse_class(compiler, &set.classes))
				return false;
			continue;
		}
		if (!parse_set_character(compiler, &from))
			return false;
		to = from;
		if (compiler->at[0] == '-' && compiler->at[1] && compiler->at[1] != ']') {
			compiler->at++;
			if (!parse_set_character(compiler, &to))
				return false;
		}
		if (!add_range(compiler, from, to))
			return false;
	}
	compiler->at++;
	set.count = compiler->pattern->n_ranges - set.first;
	return add_set(compiler, &set);
}

// Behind '\'.
static bool parse_escape(struct compiler *compiler)
{
	static const char assertions[] = "`'bB<>";
	static const enum assertion kinds[] = {ASSERT_START, ASSERT_END, ASSERT_BOUNDARY,
		ASSERT_NO_BOUNDARY, ASSERT_WORD_START, ASSERT_WORD_END};
	char c = *compiler->at;
	if (!c)
		return compiler_fail(compiler, "a backslash ends it");
	if (c >= '1' && c <= '9')
		return compiler_fail(
			compiler, "references to groups, such as \\1, are not supported");
	if (strchr("wWsS", c)) {
		struct pattern_set set = {.first = compiler->pattern->n_ranges};
		bool word = c == 'w' || c == 'W';
		compiler->at++;
		set.negated = c == 'W' || c == 'S';
		set.classes = 1u << (word ? CLASS_ALNUM : CLASS_SPACE);
		if (word && !add_range(compiler, '_', '_'))
			return false;
		set.count = compiler->pattern->n_ranges - set.first;
		return add_set(compiler, &set);
	}
	const char *assertion = strchr(assertions, c);
	if (assertion) {
		compiler->at++;
		return add_node(compiler, NODE_ASSERT, kinds[assertion - assertions]);
	}
	return add_node(compiler, NODE_CHARACTER, utf8_next(&compiler->at, compiler->end));
}

static bool parse_alternatives(struct compiler *compiler);

// Behind '('.
static bool parse_group(struct compiler *compiler)
{
	if (++compiler->depth > PATTERN_NESTING)
		return compiler_fail(compiler, "it has more than 50 nested groups");
	if (!parse_alternatives(compiler))
		return false;
	if (*compiler->at != ')')
		return compiler_fail(compiler, "a ( is not closed");
	compiler->at++;
	compiler->depth--;
	return true;
}

static bool parse_atom(struct compiler *compiler)
{
	char c = *compiler->at;
	if (strchr("*+?{", c))
		return compiler_fail(compiler, "nothing precedes a repeat");
	uint32_t character = utf8_next(&compiler->at, compiler->end);
	switch (c) {
	case '(':
		return parse_group(compiler);
	case '[':
		return parse_set(compiler);
	case '\\':
		return parse_escape(compiler);
	case '.':
		return add_node(compiler, NODE_ANY, 0);
	case '^':
		return add_node(compiler, NODE_ASSERT, ASSERT_START);
	case '$':
		return add_node(compiler, NODE_ASSERT, ASSERT_END);
	default:
		return add_node(compiler, NODE_CHARACTER, character);
	}
}

// A ')' without '(' is a character, as for regcomp.
static bool ends_branch(const struct compiler *compiler)
{
	char c = *compiler->at;
	return !c || c == '|' || (c == ')' && compiler->depth > 0);
}

static bool parse_branch(struct compiler *compiler)
{
	while (!ends_branch(compiler)) {
		size_t start = compiler->pattern->n_nodes;
		if (!parse_atom(compiler) || !parse_repeats(compiler, start))
			return false;
	}
	return true;
}

static bool parse_alternatives(struct compiler *compiler)
{
	struct pattern *pattern = compiler->pattern;
	size_t start = pattern->n_nodes;
	if (!parse_branch(compiler))
		return false;
	while (*compiler->at == '|') {
		compiler->at++;
		int length = (int)(pattern->n_nodes - start);
		if (!insert_split(compiler, start, 1, length + 2) ||
			!add_jump(compiler, NODE_JUMP, 0, 0))
			return false;
		size_t jump = pattern->n_nodes - 1;
		if (!parse_branch(compiler))
			return false;
		pattern->nodes[jump].to = (int)(pattern->n_nodes - jump);
	}
	return true;
}

bool pattern_init(struct pattern *pattern, const char *text, char **error)
{
	*pattern = (struct pattern){0};
	struct compiler compiler = {.pattern = pattern, .at = text, .end = text + strlen(text)};
	bool good = strlen(text) <= PATTERN_BYTES ||
		compiler_fail(&compiler, "it is longer than 1000 bytes");
	if (!good || !parse_alternatives(&compiler) || !add_node(&compiler, NODE_MATCH, 0)) {
		*error = xstrdup(compiler.error);
		pattern_finish(pattern);
		return false;
	}
	pattern->scratch = xcalloc(5 * pattern->n_nodes, sizeof(*pattern->scratch));
	return true;
}

void pattern_finish(struct pattern *pattern)
{
	free(pattern->nodes);
	free(pattern->sets);
	free(pattern->ranges);
	free(pattern->scratch);
	*pattern = (struct pattern){0};
}

// Matching

#define NO_CHARACTER UINT32_MAX // before the start and after the end

// The nodes that the machine is in.
struct states {
	unsigned *nodes, count;
};

static bool is_word(uint32_t c)
{
	return c != NO_CHARACTER && (c == '_' || in_class(CLASS_ALNUM, c));
}

static bool assertion_holds(enum assertion assertion, uint32_t before, uint32_t after)
{
	switch (assertion) {
	case ASSERT_START:
		return before == NO_CHARACTER;
	case ASSERT_END:
		return after == NO_CHARACTER;
	case ASSERT_BOUNDARY:
		return is_word(before) != is_word(after);
	case ASSERT_NO_BOUNDARY:
		return is_word(before) == is_word(after);
	case ASSERT_WORD_START:
		return !is_word(before) && is_word(after);
	case ASSERT_WORD_END:
		return is_word(before) && !is_word(after);
	}
	return false;
}

static bool set_has(const struct pattern *pattern, const struct pattern_set *set, uint32_t c)
{
	bool has = false;
	for (unsigned i = 0; i < array_length(class_names); i++)
		has = has || (set->classes & 1u << i && in_class(i, c));
	for (size_t i = set->first; !has && i < set->first + set->count; i++)
		has = c >= pattern->ranges[i].from && c <= pattern->ranges[i].to;
	return has != set->negated;
}

static bool node_takes(const struct pattern *pattern, const struct pattern_node *node, uint32_t c)
{
	switch (node->kind) {
	case NODE_CHARACTER:
		return node->value == c;
	case NODE_ANY:
		return true;
	case NODE_SET:
		return set_has(pattern, &pattern->sets[node->value], c);
	default:
		return false;
	}
}

// Enters a node and all that follow it without a character, each once per step. True: it matches.
static bool states_enter(const struct pattern *pattern, struct states *states, unsigned *seen,
	unsigned *stack, unsigned step, unsigned node, uint32_t before, uint32_t after)
{
	unsigned depth = 0;
	stack[depth++] = node;
	while (depth) {
		unsigned index = stack[--depth];
		const struct pattern_node *at = &pattern->nodes[index];
		if (seen[index] == step)
			continue;
		seen[index] = step;
		if (at->kind == NODE_MATCH)
			return true;
		if (at->kind == NODE_SPLIT)
			stack[depth++] = index + (unsigned)at->or_to;
		if (at->kind == NODE_SPLIT || at->kind == NODE_JUMP ||
			(at->kind == NODE_ASSERT &&
				assertion_holds((enum assertion)at->value, before, after)))
			stack[depth++] = index + (unsigned)at->to;
		else if (at->kind != NODE_ASSERT)
			states->nodes[states->count++] = index;
	}
	return false;
}

bool pattern_matches(struct pattern *pattern, const char *text)
{
	const char *end = text + strlen(text);
	size_t n = pattern->n_nodes;
	struct states now = {pattern->scratch, 0}, next = {pattern->scratch + n, 0};
	// A node is pushed at most once for each node that leads to it, of which each has two.
	unsigned *seen = pattern->scratch + 2 * n, *stack = pattern->scratch + 3 * n, step = 0;
	uint32_t before = NO_CHARACTER, after;
	memset(seen, 0, n * sizeof(*seen));
	for (;;) {
		const char *at = text;
		after = text < end ? utf8_next(&at, end) : NO_CHARACTER;
		step++;
		// What the last character led to, and a match that begins here.
		next.count = 0;
		for (unsigned i = 0; i < now.count; i++)
			if (states_enter(
				    pattern, &next, seen, stack, step, now.nodes[i], before, after))
				return true;
		if (states_enter(pattern, &next, seen, stack, step, 0, before, after))
			return true;
		if (after == NO_CHARACTER)
			return false;
		now.count = 0;
		for (unsigned i = 0; i < next.count; i++)
			if (node_takes(pattern, &pattern->nodes[next.nodes[i]], after))
				now.nodes[now.count++] = next.nodes[i] + 1;
		before = after;
		text = at;
	}
}
