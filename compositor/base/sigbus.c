// SPDX-License-Identifier: MIT
#include "compositor/base/sigbus.h"
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

// The handler only reads the list, in any thread and at any time. Removing a guard waits until no
// handler iterates. Enter and leave never run inside the handler.
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static struct sigbus_guard *_Atomic guards;
static atomic_uint walkers;
static bool installed;
static struct sigaction previous;

static bool cover(struct sigbus_guard *guard)
{
	uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
	uintptr_t start = (uintptr_t)guard->base & ~(page - 1);
	uintptr_t end = ((uintptr_t)guard->base + guard->size + page - 1) & ~(page - 1);
	guard->faulted = true;
	return mmap((void *)start, end - start, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_FIXED | MAP_ANONYMOUS, -1, 0) != MAP_FAILED;
}

static void on_sigbus(int number, siginfo_t *info, void *context)
{
	bool mine = false;
	if (info->si_code > 0) { // from the kernel: the address is valid
		atomic_fetch_add(&walkers, 1);
		// Applies to all nested guards of the range.
		for (struct sigbus_guard *guard = guards; guard; guard = guard->next) {
			char *address = info->si_addr;
			if (address >= guard->base && address < guard->base + guard->size)
				mine = cover(guard) || mine;
		}
		atomic_fetch_sub(&walkers, 1);
	}
	if (mine)
		return;
	if (previous.sa_flags & SA_SIGINFO) {
		previous.sa_sigaction(number, info, context);
	} else if (previous.sa_handler != SIG_DFL && previous.sa_handler != SIG_IGN) {
		previous.sa_handler(number);
	} else {
		sigaction(SIGBUS, &previous, NULL);
		raise(number);
	}
}

void sigbus_enter(struct sigbus_guard *guard, void *base, size_t size)
{
	guard->base = base;
	guard->size = size;
	guard->faulted = false;
	pthread_mutex_lock(&mutex);
	if (!installed) {
		struct sigaction action = {
			.sa_sigaction = on_sigbus, .sa_flags = SA_SIGINFO | SA_NODEFER};
		sigemptyset(&action.sa_mask);
		installed = sigaction(SIGBUS, &action, &previous) == 0;
	}
	guard->next = guards;
	guards = guard;
	pthread_mutex_unlock(&mutex);
}

bool sigbus_leave(struct sigbus_guard *guard)
{
	pthread_mutex_lock(&mutex);
	if (guards == guard) {
		guards = guard->next;
	} else {
		for (struct sigbus_guard *other = guards; other; other = other->next) {
			if (other->next == guard) {
				other->next = guard->next;
				break;
			}
		}
	}
	while (atomic_load(&walkers) > 0)
		sched_yield();
	pthread_mutex_unlock(&mutex);
	return guard->faulted;
}
