// SPDX-License-Identifier: MIT
// A virtio-gpu device in another process (vhost-user), driven from user space without a kernel
// driver or a virtual machine: Oriel sends the messages of a VMM over the socket, and submits
// commands to the virtqueues in shared memory as a guest's kernel does. Private to this folder and
// its tests.
//
//   vhost.c          connection, feature negotiation, messages to the display
//   vhost_message.c  sending and receiving on sockets
//   vhost_config.c   the device's configuration space, and its change notifications
//   vhost_ring.c     the virtqueues
//   vhost_memory.c   allocator of shared memory
//   vhost_virgl.c    transport for the virgl renderer
//   vhost_screen.c   screens (vhost_screen.h)
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <wayland-util.h>
#include "backends/vhost-user/vhost_backend.h"
#include "compositor/base/geom.h"
#include "renderer/virgl/transport.h"

enum vhost_request { // VHOST_USER_*, to the device
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

enum vhost_command { // VIRTIO_GPU_CMD_*
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

enum vhost_config { // words of struct virtio_gpu_config
	VHOST_CONFIG_EVENTS,
	VHOST_CONFIG_CLEAR, // written to acknowledge events
	VHOST_CONFIG_SCREENS,
	VHOST_CONFIG_CAPSETS,
	VHOST_CONFIG_WORDS
};

#define VHOST_EVENT_SCREENS 1
#define VHOST_SCREENS 16
#define VHOST_SLOTS 32 // in-flight commands per queue
#define VHOST_RESPONSE_WORDS 102

// An in-flight command.
struct vhost_slot {
	uint64_t seqno;       // 0: the slot is free
	void *request;        // REQUEST_SIZE bytes of the slot's own, or an allocation
	size_t size;          // of that allocation; 0: none
	uint32_t *response;   // likewise; NULL: none
	size_t response_size; // of that allocation; 0: none
	uint32_t type;        // enum vhost_command
	bool wants_response;  // the sender waits, handles errors and frees the slot
	bool completed;       // found in the used ring
};

struct vhost_ring {
	struct vhost_descriptor *descriptors;
	uint16_t *available, *used;
	uint16_t next_available, last_used; // last_used: used entries processed
	int kick, call;                     // eventfds: to the device, from the device
	struct vhost_slot slots[VHOST_SLOTS];
	void *requests, *responses; // small buffers of all slots
};

struct vhost_span {
	size_t start, size;
};

// The back-end channel, on which the device sends requests by itself.
struct vhost_channel {
	int file;            // -1: none
	uint32_t head[3];    // of the message being received
	size_t n;            // bytes of head received
	size_t rest;         // bytes of payload to be skipped
	bool config_changed; // set here, reset by the user
};

struct vhost {
	char *path;
	struct vhost_options options;
	unsigned users;
	int socket, display; // of the VMM and of the GPU messages; -1: none
	int memory;          // memfd; -1: none
	char *base;          // its mapping
	bool dead;
	bool has_virgl;  // VIRTIO_GPU_F_VIRGL
	bool has_edid;   // VIRTIO_GPU_F_EDID
	bool has_config; // VHOST_USER_PROTOCOL_F_CONFIG and a back-end channel
	struct vhost_channel channel;
	uint64_t last_seqno;
	void (*notify)(void *data); // a command completed or the configuration changed; may be NULL
	void *notify_data;
	uint32_t last_resource; // highest resource ID in use
	struct vhost_ring rings[VHOST_QUEUES];
	struct vhost_span *free_spans; // sorted by start
	size_t n_free, free_capacity;
	struct {
		int width, height; // 0: disabled
	} screens[VHOST_SCREENS];  // reported to the device as its display
};

// Functions that return bool return false when the connection has failed (vhost->dead), unless
// their comment states otherwise.

// vhost.c

// Takes a reference.
struct vhost *vhost_ref(struct vhost *vhost);
// Connects again after the device process died; all resources and memory of the old one are lost.
bool vhost_reconnect(struct vhost *vhost);
// Marks the connection as failed and logs why, once. Returns false.
bool vhost_fail(struct vhost *vhost, const char *why);
// Waits up to timeout_ms and handles what has arrived: completed commands and messages. -1: waits
// up to the device's timeout, which is an error.
bool vhost_dispatch(struct vhost *vhost, int timeout_ms);
// Sends a vhost-user request with size bytes of payload, and fd unless it is -1; fd is borrowed.
bool vhost_send_request(
	struct vhost *vhost, enum vhost_request request, const void *data, size_t size, int fd);
// Waits until a reply can be received from the device, handling its messages to the display
// meanwhile.
bool vhost_await_reply(struct vhost *vhost);

// vhost_message.c

// Sends a message of a header and size bytes of payload on a socket (file), with fd unless it is
// -1.
bool vhost_send_message(struct vhost *vhost, int file, uint32_t request, uint32_t flags,
	const void *data, size_t size, int fd);
// Calls recvmsg() and returns its result; descriptors in the message are closed.
ssize_t vhost_recv(int file, void *into, size_t size, int flags);
// Receives exactly size bytes.
bool vhost_receive(struct vhost *vhost, int file, void *into, size_t size);
// Receives and drops size bytes.
bool vhost_skip(struct vhost *vhost, int file, size_t size);

// vhost_config.c

// Sets up the configuration space and the back-end channel where the device supports both. To be
// called before the features are set.
bool vhost_config_init(struct vhost *vhost);
// Closes the back-end channel; config_changed is kept. Allowed without one.
void vhost_config_finish(struct vhost *vhost);
// Sends a request whose reply is a 64-bit number.
bool vhost_request_u64(struct vhost *vhost, enum vhost_request request, uint64_t *number);
// Reads the configuration space. Also false if the device refuses.
bool vhost_config_read(struct vhost *vhost, uint32_t words[VHOST_CONFIG_WORDS]);
// Acknowledges events in the configuration space, whose last content is words.
void vhost_config_clear(
	struct vhost *vhost, const uint32_t words[VHOST_CONFIG_WORDS], uint32_t events);
// Reads what has arrived on the back-end channel. Does not wait.
void vhost_channel_read(struct vhost *vhost);

// vhost_memory.c

// Creates and maps the shared memory. False: logged.
bool vhost_memory_init(struct vhost *vhost);
// Unmaps it; pointers into it become invalid. Allowed without memory.
void vhost_memory_finish(struct vhost *vhost);
// Allocates zeroed pages. NULL: out of memory. To be freed with the same size.
void *vhost_alloc(struct vhost *vhost, size_t size);
// NULL is allowed.
void vhost_free(struct vhost *vhost, void *memory, size_t size);
// The address of shared memory in the device's address space.
uint64_t vhost_address(const struct vhost *vhost, const void *memory);
// The start of the shared memory in the device's address space.
uint64_t vhost_memory_start(void);
// The size of the shared memory in bytes.
size_t vhost_memory_size(void);

// vhost_ring.c

// Allocates the virtqueues. False: logged.
bool vhost_rings_init(struct vhost *vhost);
// Closes the eventfds and forgets in-flight commands; before vhost_memory_finish.
void vhost_rings_finish(struct vhost *vhost);
// Submits a command: a header, n words, then size bytes of data. Returns its sequence number; 0:
// the connection has failed. An error response fails the connection. fence: completes only after
// all rendering before it.
uint64_t vhost_send(struct vhost *vhost, enum vhost_queue queue, enum vhost_command command,
	uint32_t context, const uint32_t *words, size_t n, const void *data, size_t size,
	bool fence);
// Submits a command to the control queue and waits for its response, of which the first size bytes
// (including the header) are copied to response. Also false for an error response.
bool vhost_send_sync(struct vhost *vhost, enum vhost_command command, uint32_t context,
	const uint32_t *words, size_t n, void *response, size_t size);
// True: all commands of the control queue up to seqno have completed.
bool vhost_is_completed(const struct vhost *vhost, uint64_t seqno);
// Waits until that is so.
bool vhost_wait(struct vhost *vhost, uint64_t seqno);
// Processes the used rings of all queues. Does not wait.
bool vhost_process_used(struct vhost *vhost);

// vhost_virgl.c

// The ID of the resource whose exported file descriptor fd is; 0: it is not one.
uint32_t vhost_exported_resource(const struct vhost *vhost, int fd);
