// SPDX-License-Identifier: MIT
// Parses values of the INI file: numbers, sizes, colours, choices.
#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include "compositor/base/base.h"
#include "compositor/config/config.h"
#include "compositor/config/config_parse.h"

#define MAX_NUMBER 32767 // logical or physical pixels

static bool parse_int(const char *text, int min, int max, int *into)
{
	char *end;
	errno = 0;
	long value = strtol(text, &end, 10);
	if (end == text || *end || errno || value < min || value > max)
		return false;
	*into = (int)value;
	return true;
}

static bool parse_double(const char *text, double min, double max, double *into)
{
	// Not strtod, which depends on the locale and accepts "nan".
	double value = 0, digit = 1;
	bool any = false, point = false;
	for (; *text; text++) {
		if (*text == '.' && !point) {
			point = true;
			continue;
		}
		if (!isdigit((unsigned char)*text))
			return false;
		any = true;
		if (point)
			value += (digit /= 10) * (*text - '0');
		else
			value = value * 10 + (*text - '0');
	}
	if (!any || value < min || value > max)
		return false;
	*into = value;
	return true;
}

// "12,-5" or "800x600".
static bool parse_pair(const char *text, char between, int min, int max, int *a, int *b)
{
	char first[16];
	const char *split = strchr(text, between);
	if (!split || (size_t)(split - text) >= sizeof(first))
		return false;
	memcpy(first, text, (size_t)(split - text));
	first[split - text] = '\0';
	int x, y;
	if (!parse_int(first, min, max, &x) || !parse_int(split + 1, min, max, &y))
		return false;
	*a = x;
	*b = y;
	return true;
}

static bool parse_bool(const char *text, bool *into)
{
	static const char *const words[][4] = {
		{"no", "false", "off", "0"}, {"yes", "true", "on", "1"}};
	for (size_t i = 0; i < 2; i++)
		for (size_t j = 0; j < array_length(words[i]); j++)
			if (strcasecmp(words[i][j], text) == 0) {
				*into = i;
				return true;
			}
	return false;
}

static void *field(const struct key *key, void *object)
{
	return (char *)object + key->at;
}

bool config_set_int(const struct key *key, void *object, const char *value)
{
	return parse_int(value, key->min, key->max, field(key, object));
}

bool config_set_bool(const struct key *key, void *object, const char *value)
{
	return parse_bool(value, field(key, object));
}

bool config_set_said_bool(const struct key *key, void *object, const char *value)
{
	bool on;
	if (!parse_bool(value, &on))
		return false;
	*(int *)field(key, object) = on;
	return true;
}

// An empty value sets the default.
bool config_set_string(const struct key *key, void *object, const char *value)
{
	replace_string(field(key, object), *value ? value : NULL);
	return true;
}

bool config_set_path(const struct key *key, void *object, const char *value)
{
	char **into = field(key, object);
	const char *home = getenv("HOME");
	if (strncmp(value, "~/", 2) != 0 || !home)
		return config_set_string(key, object, value);
	free(*into);
	*into = xasprintf("%s%s", home, value + 1);
	return true;
}

bool config_set_choice(const struct key *key, void *object, const char *value)
{
	for (size_t i = 0; key->choices[i]; i++)
		if (strcmp(key->choices[i], value) == 0) {
			replace_string(field(key, object), value);
			return true;
		}
	return false;
}

bool config_set_color(const struct key *key, void *object, const char *value)
{
	float *into = field(key, object);
	if (*value != '#' || strlen(value) != 7 || strspn(value + 1, "0123456789abcdefABCDEF") != 6)
		return false;
	unsigned long rgb = strtoul(value + 1, NULL, 16);
	for (int i = 0; i < 3; i++)
		into[i] = (float)(rgb >> (16 - 8 * i) & 0xff) / 255.0f;
	into[3] = 1;
	return true;
}

bool config_set_rule_position(const struct key *key, void *object, const char *value)
{
	struct rule *rule = object;
	bool ok = parse_pair(value, ',', -MAX_NUMBER, MAX_NUMBER, &rule->x, &rule->y);
	rule->has_position = rule->has_position || ok;
	return ok;
}

bool config_set_rule_size(const struct key *key, void *object, const char *value)
{
	struct rule *rule = object;
	bool ok = parse_pair(value, 'x', 1, MAX_NUMBER, &rule->width, &rule->height);
	rule->has_size = rule->has_size || ok;
	return ok;
}

bool config_set_output_position(const struct key *key, void *object, const char *value)
{
	struct output_rule *rule = object;
	bool ok = parse_pair(value, ',', -MAX_NUMBER, MAX_NUMBER, &rule->x, &rule->y);
	rule->has_position = rule->has_position || ok;
	return ok;
}

bool config_set_mode(const struct key *key, void *object, const char *value)
{
	struct output_rule *rule = object;
	char size[32];
	const char *at = strchr(value, '@');
	size_t length = at ? (size_t)(at - value) : strlen(value);
	double refresh = 0;
	if (length >= sizeof(size) || (at && !parse_double(at + 1, 1, 1000, &refresh)))
		return false;
	memcpy(size, value, length);
	size[length] = '\0';
	if (!parse_pair(size, 'x', 1, MAX_NUMBER, &rule->width, &rule->height))
		return false;
	rule->refresh_mhz = (int)lround(refresh * 1000);
	return true;
}

bool config_set_scale(const struct key *key, void *object, const char *value)
{
	return parse_double(value, 0.25, 10, field(key, object));
}

bool config_set_index(const struct key *key, void *object, const char *value)
{
	for (int i = 0; key->choices[i]; i++)
		if (strcmp(key->choices[i], value) == 0) {
			*(int *)field(key, object) = key->min + i;
			return true;
		}
	return false;
}

bool config_set_enabled(const struct key *key, void *object, const char *value)
{
	struct output_rule *rule = object;
	bool on;
	if (!parse_bool(value, &on))
		return false;
	rule->off = !on;
	return true;
}

static bool parse_signed(const char *text, double limit, double *into)
{
	bool negative = *text == '-';
	if (!parse_double(text + negative, 0, limit, into))
		return false;
	*into = negative ? -*into : *into;
	return true;
}

bool config_set_device_enabled(const struct key *key, void *object, const char *value)
{
	if (strcmp(value, "without-mouse") != 0)
		return config_set_said_bool(key, object, value);
	*(int *)field(key, object) = 2;
	return true;
}

bool config_set_speed(const struct key *key, void *object, const char *value)
{
	struct input_rule *rule = object;
	bool ok = parse_signed(value, 1, &rule->settings.speed);
	rule->settings.has_speed = rule->settings.has_speed || ok;
	return ok;
}

bool config_set_scroll_speed(const struct key *key, void *object, const char *value)
{
	return parse_double(value, 0.1, 10, field(key, object));
}

bool config_set_calibration(const struct key *key, void *object, const char *value)
{
	struct input_rule *rule = object;
	float numbers[array_length(rule->settings.calibration)];
	char *copy = xstrdup(value), *rest = copy, *word;
	size_t count = 0;
	bool ok = true;
	while (ok && (word = strsep(&rest, " \t"))) {
		double number;
		if (!*word)
			continue;
		ok = count < array_length(numbers) && parse_signed(word, 1000, &number);
		if (ok)
			numbers[count++] = (float)number;
	}
	free(copy);
	if (!ok || count != array_length(numbers))
		return false;
	memcpy(rule->settings.calibration, numbers, sizeof(numbers));
	rule->settings.has_calibration = true;
	return true;
}
