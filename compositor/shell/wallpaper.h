// SPDX-License-Identifier: MIT
// The background of the desktop: a colour, and an image if one is configured.
#pragma once

struct server;
struct wallpaper;

// Never NULL. Shows nothing before wallpaper_update.
struct wallpaper *wallpaper_create(struct server *server);
// NULL is allowed.
void wallpaper_destroy(struct wallpaper *wallpaper);
// After outputs were added, removed or changed.
void wallpaper_update(struct wallpaper *wallpaper);
