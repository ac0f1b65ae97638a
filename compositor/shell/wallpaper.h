// SPDX-License-Identifier: MIT
// What is behind everything: a colour, and a picture where one is configured.
#pragma once

struct server;
struct wallpaper;

struct wallpaper *wallpaper_create(struct server *server);
void wallpaper_destroy(struct wallpaper *wallpaper); // NULL is allowed
void wallpaper_update(struct wallpaper *wallpaper);  // outputs came, went or changed
