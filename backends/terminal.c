// SPDX-License-Identifier: MIT
// Switches virtual terminals by the controlling terminal.
#include "backends/terminal.h"
#include <errno.h>
#include <fcntl.h>
#include <linux/vt.h>
#include <sys/ioctl.h>
#include <unistd.h>

bool terminal_activate(int vt)
{
	int fd = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (fd < 0)
		return false;
	bool done = ioctl(fd, VT_ACTIVATE, vt) == 0;
	int error = errno;
	close(fd);
	errno = error;
	return done;
}
