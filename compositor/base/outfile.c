// SPDX-License-Identifier: MIT
#include "compositor/base/outfile.h"
#include <errno.h>
#include <stdlib.h>
#include "compositor/base/base.h"
#include "compositor/base/file.h"
#include "compositor/base/log.h"

static void outfile_fail(struct outfile *out)
{
	if (!out->failed)
		log_errno("%s", out->path);
	out->failed = true;
}

bool outfile_open(struct outfile *out, const char *path)
{
	char *error = NULL;
	*out = (struct outfile){.file = file_create_stream(path, &error)};
	if (out->file)
		out->path = xstrdup(path);
	else
		log_error("%s", error);
	free(error);
	return out->file;
}

void outfile_write(struct outfile *out, const void *data, size_t size)
{
	if (out->file && !out->failed && fwrite(data, 1, size, out->file) != size)
		outfile_fail(out);
}

void outfile_flush(struct outfile *out)
{
	if (out->file && !out->failed && fflush(out->file) != 0)
		outfile_fail(out);
}

bool outfile_close(struct outfile *out)
{
	if (out->file && fclose(out->file) != 0)
		outfile_fail(out);
	bool complete = !out->failed;
	free(out->path);
	*out = (struct outfile){0};
	return complete;
}

void outfile_flush_standard(bool *failed)
{
	if (fflush(stdout) == 0 && !ferror(stdout))
		return;
	if (!*failed)
		log_errno("standard output");
	*failed = true;
	clearerr(stdout); // of this failure, which is logged
}
