// SPDX-License-Identifier: MIT
// What is on the desktop: a tree of nodes in logical pixels, flattened per output into a list.
// Setters change the node and raise its revision; nothing here computes damage (damage.h does).
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include <wayland-server-core.h>
#include "compositor/base/geom.h"
#include "compositor/core/content.h"
#include "renderer/renderer.h"

struct server;
struct surface;

enum node_type {
	NODE_TREE,
	NODE_RECT,    // one colour
	NODE_CONTENT, // a picture
};

// From the bottom up.
enum scene_layer {
	SCENE_BACKGROUND, // layer-shell background, wallpaper
	SCENE_BOTTOM,
	SCENE_WINDOWS,
	SCENE_TOP,
	SCENE_FULLSCREEN, // fullscreen windows
	SCENE_OVERLAY,
	SCENE_LOCK,
	SCENE_DRAG,   // drag icons
	SCENE_CURSOR, // pointer images; left out of pictures by default
	SCENE_LAYERS,
};

struct node {
	enum node_type type;
	struct scene *scene;
	uint64_t id; // never used twice in a server
	bool hidden;
	int x, y;                 // from the parent, logical pixels
	uint32_t revision;        // grows with every change but pixels
	struct node *parent;      // NULL for roots
	struct wl_list children;  // node.link, bottom first
	struct wl_list link;      // parent.children
	struct content *content;  // NODE_CONTENT; outlives the node
	uint64_t content_shape;   // content->shape when it was looked at last
	struct fbox src;          // of the content, buffer pixels; empty: all
	enum transform transform; // of the buffer's content, as wl_surface.set_buffer_transform
	int width, height;        // logical, of RECT and CONTENT
	float color[4], alpha;
	bool nearest;
	region opaque;           // logical, from the node; CONTENT without alpha needs none
	struct surface *surface; // the client's surface, or NULL; for input and frame callbacks
	void *owner;             // for the shell: what a click on this means (decorations)
	unsigned outputs;        // bits of the outputs that showed it last (output.index)
	struct wl_signal destroyed;
};

struct scene {
	struct server *server;
	struct node *root;
	struct node *layers[SCENE_LAYERS];
	bool changed;     // since the last refocus: pointer focus may have moved
	bool moved;       // since outputs were last told apart (scene_update_outputs)
	uint64_t version; // grows with every change to what is seen, pixels too
	uint64_t shape;   // grows with every change but pixels
};

// One line of a frame's list, top first.
struct item {
	struct node *node;       // only until the scene changes
	struct surface *surface; // of the node, or NULL
	uint64_t id;
	uint32_t revision;
	uint64_t sequence; // content->sequence
	struct draw draw;  // target pixels; draw.visible points at visible
	region opaque;     // target pixels
	region visible;    // filled by occlude
	enum scene_layer layer;
};

struct item_list {
	struct item *items;
	size_t count, capacity; // regions up to capacity are initialised
};

// Which part of the world becomes a picture, and how.
struct scene_view {
	double x, y; // logical point at the picture's origin
	double scale;
	enum transform transform;
	int width, height; // picture, physical pixels, after the transform
};

struct scene *scene_create(struct server *server);
void scene_destroy(struct scene *scene);

struct node *node_create(struct node *parent, enum node_type type); // on top of its siblings
void node_destroy(struct node *node); // with all children; NULL is allowed
void node_set_position(struct node *node, int x, int y);
void node_set_hidden(struct node *node, bool hidden);
void node_set_parent(struct node *node, struct node *parent); // on top there
void node_raise(struct node *node);
void node_lower(struct node *node);
void node_place_above(struct node *node, struct node *sibling);
void node_place_below(struct node *node, struct node *sibling);
void node_set_size(struct node *node, int width, int height);
void node_set_color(struct node *node, const float color[4]); // premultiplied
void node_set_alpha(struct node *node, float alpha);
void node_set_content(struct node *node, struct content *content);
void node_set_source(struct node *node, const struct fbox *src, enum transform transform);
void node_set_opaque(struct node *node, const region *opaque);
// The pixels of its content changed (content_update was called): outputs that show it repaint.
void node_content_changed(struct node *node);
// Its surface waits for the next frame, whatever that shows.
void node_wants_frame(struct node *node);

// Position in the layout; false when it or a parent is hidden or not under the root.
bool node_position(const struct node *node, int *x, int *y);
bool node_visible(const struct node *node); // shown on some output in the last frames

// Fills list from the tree under root, whose own position counts as the origin only when
// view->x/y say so (positions are absolute). Items outside of the picture are left out.
// with_cursor false leaves SCENE_CURSOR out.
void scene_flatten(
	struct node *root, const struct scene_view *view, bool with_cursor, struct item_list *list);
// Tells surfaces which outputs they overlap, where anything moved since the last call.
void scene_update_outputs(struct scene *scene);
struct item *item_list_add(struct item_list *list); // at the bottom; its regions are old
// Draws the list (occluded) into target inside repaint. *fence: a sync file to wait for, the
// caller's, or -1; fence NULL: it waits until all is done.
bool item_list_draw(const struct item_list *list, struct renderer *renderer, struct buffer *target,
	const region *repaint, int *fence);
void item_list_finish(struct item_list *list);

// Topmost surface that takes input at the point (logical), or node with an owner; NULL: nothing.
// *sx, *sy: the point from the node's origin. The cursor and drag layers take no input.
struct node *scene_at(struct scene *scene, double x, double y, double *sx, double *sy);
