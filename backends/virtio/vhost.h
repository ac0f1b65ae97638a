// SPDX-License-Identifier: MIT
// A virtio-gpu that is a process: it is spoken to as a virtual machine's monitor does (vhost-user),
// and its queues are driven as the machine's kernel does, in memory that both share. No kernel
// driver, no machine.
//
//   vhost.c          the connection, and what the device asks of its display
//   vhost_message.c  what goes over sockets
//   vhost_config.c   the device's configuration, and how it tells that it has changed
//   vhost_ring.c     the queues
//   vhost_memory.c   the memory
//   vhost_virgl.c    the way to its host, for the virgl renderer
//   vhost_screen.c   screens on it (vhost_backend.h)
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <wayland-util.h>
#include "backends/backend.h"
#include "compositor/base/geom.h"
#include "renderer/virgl/transport.h"

enum vhost_request { // to the device
	VHOST_GET_FEATURES = 1,
	VHOST_SET_FEATURES = 2,
	VHOST_SET_OWNER = 3,
	VHOST_SET_MEMORY = 5,
	VHOST_SET_QUEUE_SIZE = 8,
	VHOST_SET_QUEUE_ADDRESS = 9,
	VHOST_SET_QUEUE_BASE = 10,
	VHOST_SET_QUEUE_KICK = 12,
	VHOST_SET_QUEUE_CALL = 13,
	VHOST_GET_PROTOCOL = 15,
	VHOST_SET_PROTOCOL = 16,
	VHOST_ENABLE_QUEUE = 18,
	VHOST_SET_CHANNEL = 21,
	VHOST_GET_CONFIG = 24,
	VHOST_SET_CONFIG = 25,
	VHOST_SET_DISPLAY_SOCKET = 33,
};

enum vhost_queue { VHOST_CONTROL, VHOST_CURSOR, VHOST_QUEUES };

enum vhost_command {
	VHOST_GET_DISPLAY_INFO = 0x100,
	VHOST_CREATE_2D,
	VHOST_UNREF,
	VHOST_SET_SCANOUT,
	VHOST_FLUSH,
	VHOST_TRANSFER_2D,
	VHOST_ATTACH_BACKING,
	VHOST_DETACH_BACKING,
	VHOST_GET_CAPSET_INFO,
	VHOST_GET_CAPSET,
	VHOST_GET_EDID,
	VHOST_CONTEXT_CREATE = 0x200,
	VHOST_CONTEXT_DESTROY,
	VHOST_CONTEXT_ATTACH,
	VHOST_CONTEXT_DETACH,
	VHOST_CREATE_3D,
	VHOST_TRANSFER_TO_HOST,
	VHOST_TRANSFER_FROM_HOST,
	VHOST_SUBMIT,
	VHOST_UPDATE_CURSOR = 0x300,
	VHOST_MOVE_CURSOR,
};

enum vhost_config { // words of the device's configuration
	VHOST_CONFIG_EVENTS,
	VHOST_CONFIG_CLEAR, // written: these events are dealt with
	VHOST_CONFIG_SCREENS,
	VHOST_CONFIG_CAPSETS,
	VHOST_CONFIG_WORDS
};

#define VHOST_EVENT_SCREENS 1
#define VHOST_SCREENS 16
#define VHOST_SLOTS 32 // commands of one queue that are on their way
#define VHOST_ANSWER_WORDS 102

struct vhost_slot {
	uint64_t ticket;  // 0: free
	void *request;    // its own small memory, or more for this time
	size_t size;      // of that more, 0: none
	uint32_t *answer; // likewise
	size_t answer_size;
	uint32_t type; // of the command
	bool asked;    // somebody waits for the answer and looks at it
	bool answered;
};

struct vhost_ring {
	struct vhost_descriptor *descriptors;
	uint16_t *available, *used;
	uint16_t next_available, seen;
	int kick, call;
	struct vhost_slot slots[VHOST_SLOTS];
	void *requests, *answers; // the slots' own
};

struct vhost_span {
	size_t start, size;
};

// On which the device speaks first.
struct vhost_channel {
	int file;         // -1: there is none
	uint32_t head[3]; // of a message, as far as it has come
	size_t n;         // bytes of it
	size_t rest;      // of its body
	bool news;        // the configuration has changed; whoever looks resets it
};

// What the device wants shown, by its own numbers, for whoever looks: the first words of what it
// sends to its display.
typedef void vhost_watch_func(void *data, uint32_t request, const uint32_t *words, size_t n);

struct vhost_options {
	int patience_ms; // 0: some seconds
	vhost_watch_func *watch;
	void *watch_data;
};

struct vhost {
	char *path;
	struct vhost_options options;
	unsigned users;
	int socket, display, memory; // files, -1: none
	char *base;                  // of the memory
	bool dead;
	bool draws;      // commands for virgl are taken
	bool tells_edid; // it has a command for that
	bool has_config; // it can be asked for its configuration, and tells of changes
	struct vhost_channel channel;
	uint64_t tickets;
	void (*progress)(void *data); // the device is done with something, or has news; may be NULL
	void *progress_data;
	uint32_t ids; // of resources, given so far
	struct vhost_ring rings[VHOST_QUEUES];
	struct vhost_span *free_spans; // by their start
	size_t n_free, free_capacity;
	struct {
		int width, height; // 0: there is none
	} screens[VHOST_SCREENS];  // what the device is told that its display is
};

// vhost.c
// Path of a socket on which a device process listens. options NULL: the defaults. NULL: logged.
struct vhost *vhost_create(const char *path, const struct vhost_options *options);
struct vhost *vhost_ref(struct vhost *vhost);
void vhost_unref(struct vhost *vhost); // NULL is allowed
// Another device process, in the place of the one that died; nothing is left of what that had.
bool vhost_reconnect(struct vhost *vhost);
// Logs it once; false.
bool vhost_die(struct vhost *vhost, const char *why);
// Deals with what has arrived; waits for that at most so long (-1: the device's patience, after
// which it is dead). False: dead.
bool vhost_pump(struct vhost *vhost, int timeout_ms);

bool vhost_tell(
	struct vhost *vhost, enum vhost_request request, const void *data, size_t size, int fd);
// Until there is something to receive from the device; what it wants shown meanwhile is dealt with.
// False: dead.
bool vhost_await_reply(struct vhost *vhost);

// vhost_message.c; false: dead
bool vhost_send_message(struct vhost *vhost, int file, uint32_t request, uint32_t flags,
	const void *data, size_t size, int fd);
// As recvmsg(); files that come along are closed.
ssize_t vhost_receive_some(int file, void *into, size_t size, int flags);
bool vhost_receive(struct vhost *vhost, int file, void *into, size_t size);
bool vhost_skip(struct vhost *vhost, int file, size_t size);

// vhost_config.c
// Before the features are set. False: dead.
bool vhost_config_init(struct vhost *vhost);
void vhost_config_finish(struct vhost *vhost);
bool vhost_ask_number(struct vhost *vhost, enum vhost_request request, uint64_t *number);
// False: it does not tell, or is dead.
bool vhost_config_read(struct vhost *vhost, uint32_t words[VHOST_CONFIG_WORDS]);
// Those events are dealt with.
void vhost_config_clear(
	struct vhost *vhost, const uint32_t words[VHOST_CONFIG_WORDS], uint32_t events);
void vhost_channel_listen(struct vhost *vhost); // reads what has come

// vhost_screen.c
// options->device: path of the device's socket. backend_create_func
struct backend *vhost_backend_create(struct wl_event_loop *loop, struct clock *clock,
	const struct backend_sink *sink, void *sink_data, const struct backend_options *options);
// The device of such a back end, not the caller's; NULL: it is another one.
struct vhost *vhost_backend_device(struct backend *backend);

// vhost_memory.c
bool vhost_memory_init(struct vhost *vhost); // false: logged
void vhost_memory_finish(struct vhost *vhost);
// Zeroed pages. NULL: there are no more.
void *vhost_alloc(struct vhost *vhost, size_t size);
void vhost_free(struct vhost *vhost, void *memory, size_t size);       // NULL is allowed
uint64_t vhost_address(const struct vhost *vhost, const void *memory); // as the device knows it
uint64_t vhost_memory_start(void);
size_t vhost_memory_size(void);

// vhost_ring.c
bool vhost_rings_init(struct vhost *vhost); // false: logged
void vhost_rings_finish(struct vhost *vhost);
// Puts a command on a queue: its words, then size bytes of data. Its ticket, 0: dead. A command that
// the device refuses is its death, unless somebody asks. fence: it is done once all drawing is.
uint64_t vhost_send(struct vhost *vhost, enum vhost_queue queue, enum vhost_command command,
	uint32_t context, const uint32_t *words, size_t n, const void *data, size_t size,
	bool fence);
// The same on the control queue, and waits. answer: size bytes of what is told, from its header on.
// False: refused, or dead.
bool vhost_ask(struct vhost *vhost, enum vhost_command command, uint32_t context,
	const uint32_t *words, size_t n, void *answer, size_t size);
// All that was sent on the control queue up to that ticket.
bool vhost_is_done(const struct vhost *vhost, uint64_t ticket);
bool vhost_wait(struct vhost *vhost, uint64_t ticket); // false: dead
bool vhost_reap(struct vhost *vhost); // what the queues have given back; false: dead

// vhost_virgl.c
// Takes no share of its own: a new user of the device. NULL: logged.
struct virgl_transport *vhost_transport_create(struct vhost *vhost);
// The resource that an exported descriptor stands for; 0: it is none of ours.
uint32_t vhost_resource_of(const struct vhost *vhost, int fd);
