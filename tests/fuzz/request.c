// SPDX-License-Identifier: MIT
#include "tests/fuzz/request.h"
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include "compositor/base/base.h"

uint8_t input_byte(struct input *input)
{
	if (!input->left)
		return 0;
	input->left--;
	return *input->data++;
}

uint32_t input_word(struct input *input)
{
	uint32_t word = 0;
	for (int i = 0; i < 4; i++)
		word = word << 8 | input_byte(input);
	return word;
}

// A message under construction

struct message {
	uint32_t words[PEER_MESSAGE / 4];
	size_t n;
	int fds[4];
	size_t n_fds;
};

static size_t room(const struct message *message)
{
	// Room for the other arguments of any request.
	size_t used = message->n + 24;
	return used < array_length(message->words) ? (array_length(message->words) - used) * 4 : 0;
}

static void put(struct message *message, uint32_t word)
{
	if (message->n < array_length(message->words))
		message->words[message->n++] = word;
}

static void put_bytes(struct message *message, const void *bytes, size_t size)
{
	put(message, (uint32_t)size);
	memset(message->words + message->n, 0, (size + 3) / 4 * 4);
	memcpy(message->words + message->n, bytes, size);
	message->n += (size + 3) / 4;
}

static void put_string(struct message *message, const char *text)
{
	if (!text)
		put(message, 0);
	else
		put_bytes(message, text, strlen(text) + 1);
}

static void put_fd(struct message *message, int fd)
{
	if (fd >= 0 && message->n_fds < array_length(message->fds))
		message->fds[message->n_fds++] = fd;
	else if (fd >= 0)
		close(fd);
}

static void send_message(struct peer *peer, struct message *message, uint32_t id, uint32_t opcode)
{
	message->words[0] = id;
	message->words[1] = (uint32_t)(message->n * 4) << 16 | opcode;
	for (size_t i = 0; i < message->n_fds; i++)
		peer_write_fd(peer, message->fds[i]);
	peer_write(peer, message->words, message->n * 4);
}

// Generated code does not mark destructor requests.
static bool destroys(const char *name)
{
	return strcmp(name, "destroy") == 0 || strcmp(name, "release") == 0;
}

// The signature starts with the version.
static uint32_t since(const struct wl_message *method)
{
	int version = atoi(method->signature);
	return version ? (uint32_t)version : 1;
}

// Arguments from the input

static uint32_t any_number(struct peer *peer, struct input *input)
{
	static const uint32_t numbers[] = {INT32_MAX, 0x80000000, UINT32_MAX, INT32_MAX - 1, 65535,
		65536, 1 << 20, 1 << 24, 1 << 30, 0xc0000000, 256, 512, 1000, 1024, 4096, 8192,
		16384, 0x34325241, 0x34325258, 0x10f, 0x110, 0x111, 0x10000000, 0xfffffff0};
	uint8_t byte = input_byte(input);
	if (byte < 128)
		return byte;
	if (byte < 160)
		return numbers[(byte - 128u) % array_length(numbers)];
	if (byte < 176)
		return peer->serials[byte % array_length(peer->serials)];
	if (byte < 224)
		return (uint32_t)(175 - (int)byte);
	return byte < 232 ? input_word(input) : (uint32_t)input_byte(input) * 4;
}

static uint32_t any_fixed(struct peer *peer, struct input *input)
{
	uint8_t byte = input_byte(input);
	if (byte < 200)
		return (uint32_t)byte * 256;
	return byte < 240 ? any_number(peer, input) : (uint32_t) - (int)(byte * 64);
}

static void any_string(
	struct peer *peer, struct input *input, struct message *message, bool nullable)
{
	static const char *const texts[] = {"", "text/plain", "text/plain;charset=utf-8", "a",
		"org.example.app", "\xff\xfe\xc0\x80", "\xf0\x9f\xa6\x89 \xd7\x90\xd7\x91",
		"%s%n%d/../../etc\n\t\x1b[2J", "image/png", "HEADLESS-1"};
	char buffer[PEER_MESSAGE];
	uint8_t byte = input_byte(input);
	if (byte == 255) {
		put(message, 0); // also where NULL is not allowed
	} else if (byte == 254 || (byte == 253 && nullable)) {
		size_t length = MIN(room(message), sizeof(buffer)) / 2;
		memset(buffer, 'x', length);
		buffer[length ? length - 1 : 0] = 0;
		put_string(message, buffer);
	} else if (byte >= 240) {
		put_string(message, peer->text);
	} else if (byte >= 200) {
		size_t length = byte & 15;
		for (size_t i = 0; i < length; i++)
			buffer[i] = (char)input_byte(input);
		buffer[length] = 0;
		put_bytes(message, buffer, length + 1);
	} else {
		put_string(message, texts[byte % array_length(texts)]);
	}
}

static void any_array(struct input *input, struct message *message)
{
	uint8_t bytes[PEER_MESSAGE] = {0};
	size_t length = input_byte(input);
	if (length >= 128)
		length = MIN(room(message), (length - 127) * 16);
	else
		for (size_t i = 0; i < length; i++)
			bytes[i] = input_byte(input);
	put_bytes(message, bytes, length);
}

static int memory(struct input *input, size_t size)
{
	int fd = memfd_create("fuzz", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	if (fd < 0 || ftruncate(fd, (off_t)size) < 0)
		abort();
	close_fd(&input->file);
	input->file = fcntl(fd, F_DUPFD_CLOEXEC, 0);
	return fd;
}

static int keymap(struct input *input)
{
	static const char text[] = "xkb_keymap { xkb_keycodes { <a> = 38; }; xkb_types {"
				   " type \"ONE_LEVEL\" { modifiers = none;"
				   " level_name[Level1] = \"Any\"; }; }; xkb_compatibility { };"
				   " xkb_symbols { key <a> { [ a ] }; }; };";
	int fd = memory(input, 4096);
	if (pwrite(fd, text, sizeof(text), 0) < 0)
		abort();
	return fd;
}

static int any_fd(struct input *input)
{
	int pair[2];
	switch (input_byte(input) % 10) {
	case 0:
		return memory(input, 0);
	case 1:
		return memory(input, 1);
	case 2:
		return keymap(input);
	case 3:
		return open("/dev/null", O_RDWR | O_CLOEXEC);
	case 4:
	case 5:
		if (pipe2(pair, O_CLOEXEC | O_NONBLOCK) < 0)
			abort();
		close(pair[input->left & 1]);
		return pair[!(input->left & 1)];
	case 6:
		return socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	case 7: {
		int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
		const struct sockaddr_un address = {.sun_family = AF_UNIX}; // autobind
		if (bind(fd, (const struct sockaddr *)&address, sizeof(sa_family_t)) < 0 ||
			listen(fd, 1) < 0)
			abort();
		return fd;
	}
	case 8:
		return open("/", O_PATH | O_CLOEXEC);
	default:
		return memory(input, 65536);
	}
}

static uint32_t any_object(
	struct peer *peer, struct input *input, const struct wl_interface *interface, bool nullable)
{
	uint8_t byte = input_byte(input);
	if (byte >= 250 || (nullable && byte >= 200))
		return 0;
	if (byte >= 248)
		return peer->objects[input_byte(input) % peer->n_objects].id;
	struct object *object = interface ? peer_find(peer, interface, byte) : NULL;
	return object ? object->id : 0;
}

static bool put_any(struct peer *peer, struct input *input, struct message *message,
	const struct object *object, const struct wl_message *method)
{
	bool nullable = false;
	uint32_t version = object->version, serial = object->serial;
	const struct wl_interface *const *type = method->types;
	for (const char *kind = method->signature; *kind; kind++) {
		if (*kind >= '0' && *kind <= '9')
			continue;
		if (*kind == '?') {
			nullable = true;
			continue;
		}
		switch (*kind) {
		case 'i':
			put(message, any_number(peer, input));
			break;
		case 'u':
			if (strcmp(method->name, "ack_configure") == 0 && input_byte(input) < 200)
				put(message, serial);
			else
				put(message, any_number(peer, input));
			break;
		case 'f':
			put(message, any_fixed(peer, input));
			break;
		case 's':
			any_string(peer, input, message, nullable);
			break;
		case 'a':
			any_array(input, message);
			break;
		case 'h':
			put_fd(message, any_fd(input));
			break;
		case 'o':
			put(message, any_object(peer, input, *type, nullable));
			break;
		case 'n': {
			struct object *made = *type ? peer_add(peer, *type, version) : NULL;
			if (!made)
				return false;
			put(message, made->id);
			break;
		}
		}
		nullable = false;
		type++;
	}
	return true;
}

// The interface is chosen first, so that the choice is stable when other objects come and go.
static struct object *any_target(struct peer *peer, struct input *input)
{
	const struct wl_interface *kinds[PEER_OBJECTS];
	size_t n = 0;
	for (size_t i = 0; i < peer->n_objects; i++) {
		const struct wl_interface *kind = peer->objects[i].interface;
		size_t at = 0;
		while (at < n && kinds[at] != kind)
			at++;
		if (peer->objects[i].id && at == n)
			kinds[n++] = kind;
	}
	const struct wl_interface *kind = kinds[input_byte(input) % n];
	return peer_find(peer, kind, input_byte(input));
}

void request_any(struct peer *peer, struct input *input)
{
	struct object *object = any_target(peer, input);
	if (!object->interface->method_count)
		return;
	uint32_t opcode = input_byte(input) % (unsigned)object->interface->method_count;
	const struct wl_message *method = &object->interface->methods[opcode];
	if (since(method) > object->version)
		return;
	struct message message = {.n = 2};
	uint32_t id = object->id; // the list may change below
	if (!put_any(peer, input, &message, object, method)) {
		while (message.n_fds)
			close(message.fds[--message.n_fds]);
		return;
	}
	send_message(peer, &message, id, opcode);
	if (destroys(method->name))
		peer_remove(peer, id);
}

struct object *request(struct peer *peer, struct object *object, const char *name, ...)
{
	struct object *made = NULL;
	uint32_t opcode = 0;
	if (!object->id) // deleted by the server
		return NULL;
	while (strcmp(object->interface->methods[opcode].name, name) != 0)
		opcode++;
	const struct wl_message *method = &object->interface->methods[opcode];
	const struct wl_interface *const *type = method->types;
	struct message message = {.n = 2};
	uint32_t id = object->id, version = object->version;
	va_list args;
	va_start(args, name);
	for (const char *kind = method->signature; *kind; kind++) {
		if (*kind == '?' || (*kind >= '0' && *kind <= '9'))
			continue;
		if (*kind == 'n') {
			made = peer_add(peer, *type, version);
			put(&message, made ? made->id : 0);
		} else if (*kind == 'o') {
			const struct object *other = va_arg(args, struct object *);
			put(&message, other ? other->id : 0);
		} else if (*kind == 's') {
			put_string(&message, va_arg(args, const char *));
		} else if (*kind == 'a') {
			put(&message, 0);
		} else if (*kind == 'h') {
			put_fd(&message, va_arg(args, int));
		} else {
			put(&message, va_arg(args, uint32_t));
		}
		type++;
	}
	va_end(args);
	send_message(peer, &message, id, opcode);
	if (destroys(method->name))
		peer_remove(peer, id);
	return made;
}
