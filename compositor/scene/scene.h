// SPDX-License-Identifier: MIT
// The scene: a tree of nodes in logical pixels, flattened per output into a list of draws. Setters
// raise the node's revision and request frames; damage.h derives the damage from the lists.
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include <wayland-server-core.h>
#include "compositor/base/geom.h"
#include "compositor/scene/content.h"
#include "renderer/renderer.h"

struct scene_sink;
struct server;
struct surface;

enum node_type {
	NODE_TREE,
	NODE_RECT,    // a rectangle of one colour
	NODE_CONTENT, // a content (content.h)
};

// Stacking layers, bottom first.
enum scene_layer {
	SCENE_BACKGROUND, // layer-shell background, wallpaper
	SCENE_BOTTOM,
	SCENE_WINDOWS,
	SCENE_TOP,
	SCENE_FULLSCREEN, // fullscreen windows
	SCENE_UNMANAGED,  // windows of X programs that place themselves: menus, tooltips
	SCENE_OVERLAY,
	SCENE_LOCK,   // all there is while the session is locked, with the cursor
	SCENE_DRAG,   // drag icons
	SCENE_CURSOR, // cursor images; not in captures by default
	SCENE_LAYERS,
};

struct node {
	enum node_type type;
	struct scene *scene;
	uint64_t id; // never reused in a server
	bool hidden;
	bool untouchable;         // takes no input, nor do its children; what lies below does
	int x, y;                 // relative to the parent, logical
	uint32_t revision;        // grows with every change but those of contents
	struct node *parent;      // NULL for roots
	struct wl_list children;  // node.link, bottom first
	struct wl_list link;      // parent.children
	struct content *content;  // NODE_CONTENT; outlives the node
	uint64_t content_shape;   // content->shape at the last node_content_changed
	struct fbox src;          // of the content, buffer pixels; empty: all
	enum transform transform; // of the buffer's content, as wl_surface.set_buffer_transform
	int width, height;        // logical, of RECT and CONTENT
	float color[4], alpha;
	bool nearest;
	region opaque;           // logical, from the node; CONTENT without alpha needs none
	struct surface *surface; // the client's surface, or NULL; for input and frame callbacks
	// Takes input at the point (from the node's origin, inside of its size); NULL: with an
	// owner.
	bool (*accepts_input)(const struct node *node, double x, double y);
	void *owner;      // the shell's: handles clicks (decorations)
	unsigned outputs; // bits of the outputs that show it (output.index)
	struct wl_signal destroyed;
};

struct scene {
	struct server *server;
	const struct scene_sink *sink;
	struct node *root;
	struct node *layers[SCENE_LAYERS];
	bool changed;     // what lies under the pointer may differ (scene_notify_changed)
	bool moved;       // nodes may overlap other outputs (outputs_update_overlap)
	uint64_t version; // grows with every visible change, including contents
	uint64_t shape;   // grows with every change but those of contents
	struct {
		struct wl_signal changed; // struct scene *: what lies under the pointer may differ
	} events;
};

// One draw of a frame's list, top first.
struct item {
	struct node *node;       // valid until the scene changes
	struct surface *surface; // of the node, or NULL
	uint64_t id;
	uint32_t revision;
	uint64_t sequence; // content->sequence
	struct draw draw;  // target pixels; draw.visible points at visible
	region opaque;     // target pixels
	region visible;    // set by damage_occlude
	enum scene_layer layer;
};

struct item_list {
	struct item *items;
	size_t count, capacity; // regions up to capacity are initialised
};

// Which part of the layout is drawn, and how.
struct scene_view {
	double x, y; // layout position of the picture's origin
	double scale;
	enum transform transform;
	int width, height; // of the picture, physical pixels, after the transform
};

// Never NULL. sink: see scene_sink.h; outlives the scene.
struct scene *scene_create(struct server *server, const struct scene_sink *sink);
// Destroys all nodes. NULL is allowed.
void scene_destroy(struct scene *scene);
// Hides every layer but SCENE_LOCK and SCENE_CURSOR, or shows them again. Call with server.locked
// set already, as scene_flatten looks at it.
void scene_set_locked(struct scene *scene, bool locked);
// The node may be shown and get input: the session is not locked, or the node is in SCENE_LOCK.
bool scene_reaches(const struct node *node);
// Emits events.changed if the scene changed since it was emitted last.
void scene_notify_changed(struct scene *scene);

// Creates a node on top of its siblings. Never NULL.
struct node *node_create(struct node *parent, enum node_type type);
// Destroys the node with all its children. NULL is allowed.
void node_destroy(struct node *node);
// Relative to the parent, logical pixels.
void node_set_position(struct node *node, int x, int y);
// Hides or shows the node with its children.
void node_set_hidden(struct node *node, bool hidden);
// Moves the node to another parent of the same scene, on top of its siblings.
void node_set_parent(struct node *node, struct node *parent);
// To the top of its siblings.
void node_raise(struct node *node);
// Below its siblings.
void node_lower(struct node *node);
// Directly above a sibling, which has the same parent.
void node_place_above(struct node *node, struct node *sibling);
// Directly below a sibling, which has the same parent.
void node_place_below(struct node *node, struct node *sibling);
// Logical size of a rectangle or content.
void node_set_size(struct node *node, int width, int height);
// Colour of a rectangle: premultiplied RGBA, 0 to 1.
void node_set_color(struct node *node, const float color[4]);
// Opacity, 0 to 1.
void node_set_alpha(struct node *node, float alpha);
// The content must outlive the node or be replaced first.
void node_set_content(struct node *node, struct content *content);
// Shown part of the content, buffer pixels (empty: all), and the transform of the buffer.
void node_set_source(struct node *node, const struct fbox *src, enum transform transform);
// Opaque region, logical, relative to the node. Copied.
void node_set_opaque(struct node *node, const region *opaque);
// After content_update: requests a frame of the outputs that show the node.
void node_content_changed(struct node *node);
// Requests a frame of the outputs that show the node, even without a change.
void node_wants_frame(struct node *node);

// Layout position. False: the node or a parent is hidden, or not under the root.
bool node_position(const struct node *node, int *x, int *y);
// An output shows the node.
bool node_visible(const struct node *node);

// Replaces the list by the draws of the tree under root that are inside the picture, top first.
// view.x and y are layout coordinates, for any root. with_cursor false: without SCENE_CURSOR. Empty
// for a root that a lock keeps from view, whatever it is for (scene_reaches).
void scene_flatten(
	struct node *root, const struct scene_view *view, bool with_cursor, struct item_list *list);
// Adds an item at the bottom. Its fields are not initialised, its regions are, with old values.
struct item *item_list_add(struct item_list *list);
// Draws the occluded list into target, inside the region repaint (target pixels). *fence: a sync
// file that signals completion, closed by the caller, or -1; fence NULL: waits for completion.
// False: the renderer failed.
bool item_list_draw(const struct item_list *list, struct renderer *renderer, struct buffer *target,
	const region *repaint, int *fence);
// Frees the list. A zeroed one is allowed.
void item_list_finish(struct item_list *list);

// Topmost node that accepts input at a layout position; NULL: none. *sx, *sy: the position relative
// to the node. Drag icons and cursors accept none.
struct node *scene_at(struct scene *scene, double x, double y, double *sx, double *sy);
