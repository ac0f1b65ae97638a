// SPDX-License-Identifier: MIT
// What a locked session without its screen locker shows: what happened, and how to get in.
#pragma once

struct desktop;
struct lock_notice;

// Follows the state of the lock. Never NULL.
struct lock_notice *lock_notice_create(struct desktop *desktop);
// NULL is allowed.
void lock_notice_destroy(struct lock_notice *notice);
// Shows it in the middle of the first output, hides it, or moves it after outputs changed.
void lock_notice_update(struct lock_notice *notice);
