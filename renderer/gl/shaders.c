// SPDX-License-Identifier: MIT
// The shader programs. All are compiled when the renderer is created, so that no frame waits for
// the compiler; variants are made by the preprocessor, so that no shader branches.
#include <stdio.h>
#include "compositor/base/base.h"
#include "compositor/base/log.h"
#include "renderer/gl/gl.h"

static const char vertex_source[] =
	"uniform vec2 size;\n"
	"attribute vec2 position;\n"
	"attribute vec2 texel;\n"
	"attribute vec4 inside;\n"
	"attribute vec4 color;\n"
	"varying vec2 at;\n"
	"#ifdef MIX\n"
	"varying vec4 within;\n"
	"#endif\n"
	"#if defined(MIX) || defined(SOLID)\n"
	"varying vec4 factor;\n"
	"#endif\n"
	"void main() {\n"
	// The first row in memory is the bottom row to GL, for textures and targets: no flip
	// needed.
	"	gl_Position = vec4(position * size - 1.0, 0.0, 1.0);\n"
	"	at = texel;\n"
	"#ifdef MIX\n"
	"	within = inside;\n"
	"#endif\n"
	"#if defined(MIX) || defined(SOLID)\n"
	"	factor = color;\n"
	"#endif\n"
	"}\n";

static const char fragment_source[] =
	"#ifdef GL_FRAGMENT_PRECISION_HIGH\n"
	"precision highp float;\n"
	"precision highp sampler2D;\n"
	"#else\n"
	"precision mediump float;\n"
	"#endif\n"
	"#ifdef EXTERNAL\n"
	"uniform samplerExternalOES image;\n"
	"#else\n"
	"uniform sampler2D image;\n"
	"#endif\n"
	"varying vec2 at;\n"
	"#ifdef MIX\n"
	"varying vec4 within;\n"
	"#endif\n"
	"#if defined(MIX) || defined(SOLID)\n"
	"varying vec4 factor;\n"
	"#endif\n"
	"void main() {\n"
	"#ifdef SOLID\n"
	"	gl_FragColor = factor;\n"
	"#else\n"
	"#ifdef MIX\n"
	"	vec4 pixel = texture2D(image, clamp(at, within.xy, within.zw));\n"
	"#else\n"
	"	vec4 pixel = texture2D(image, at);\n"
	"#endif\n"
	"#ifdef SWAPPED\n"
	"	pixel = pixel.bgra;\n"
	"#endif\n"
	"#ifdef OPAQUE\n"
	"	pixel.a = 1.0;\n"
	"#endif\n"
	"#ifdef MIX\n"
	"	pixel *= factor;\n"
	"#endif\n"
	"	gl_FragColor = pixel;\n"
	"#endif\n"
	"}\n";

static GLuint shader_compile(GLenum kind, const char *defines, const char *source)
{
	GLuint shader = glCreateShader(kind);
	const char *parts[] = {"#version 100\n", defines, source};
	glShaderSource(shader, array_length(parts), parts, NULL);
	glCompileShader(shader);
	GLint ok = GL_FALSE;
	glGetShaderiv(shader, GL_COMPILE_STATUS, &ok);
	if (ok)
		return shader;
	char text[1024] = "";
	glGetShaderInfoLog(shader, sizeof(text), NULL, text);
	log_error("cannot compile a shader: %s", text);
	glDeleteShader(shader);
	return 0;
}

static GLuint program_link(const char *defines)
{
	static const char *const attributes[] = {"position", "texel", "inside", "color"};
	GLuint vertex = shader_compile(GL_VERTEX_SHADER, defines, vertex_source);
	GLuint fragment = vertex ? shader_compile(GL_FRAGMENT_SHADER, defines, fragment_source) : 0;
	if (!fragment) {
		glDeleteShader(vertex);
		return 0;
	}
	GLuint program = glCreateProgram();
	glAttachShader(program, vertex);
	glAttachShader(program, fragment);
	for (size_t i = 0; i < array_length(attributes); i++)
		glBindAttribLocation(program, (GLuint)i, attributes[i]);
	glLinkProgram(program);
	glDeleteShader(vertex); // freed with the program
	glDeleteShader(fragment);
	GLint ok = GL_FALSE;
	glGetProgramiv(program, GL_LINK_STATUS, &ok);
	if (ok)
		return program;
	char text[1024] = "";
	glGetProgramInfoLog(program, sizeof(text), NULL, text);
	log_error("cannot link a shader program: %s", text);
	glDeleteProgram(program);
	return 0;
}

static bool program_is_used(const struct gl *gl, unsigned kind)
{
	if (kind == GL_PROGRAM_EXTERNAL)
		return gl->has.external;
	if (kind & GL_PROGRAM_OPAQUE && !(kind & GL_PROGRAM_MIX))
		return false;
	return kind == GL_PROGRAM_SOLID || !(kind & GL_PROGRAM_SWAPPED) || !gl->caps.bgra;
}

bool gl_programs_init(struct gl *gl)
{
	for (unsigned kind = 0; kind < GL_PROGRAMS; kind++) {
		bool external = kind == GL_PROGRAM_EXTERNAL, solid = kind == GL_PROGRAM_SOLID;
		if (!program_is_used(gl, kind))
			continue;
		char defines[256];
		snprintf(defines, sizeof(defines), "%s%s%s%s%s",
			external ? "#extension GL_OES_EGL_image_external : require\n"
				   "#define EXTERNAL\n#define MIX\n"
				 : "",
			solid ? "#define SOLID\n" : "",
			!external && !solid && kind & GL_PROGRAM_MIX ? "#define MIX\n" : "",
			!external && !solid && kind & GL_PROGRAM_OPAQUE ? "#define OPAQUE\n" : "",
			!external && !solid && kind & GL_PROGRAM_SWAPPED ? "#define SWAPPED\n"
									 : "");
		struct gl_program *program = &gl->programs[kind];
		program->name = program_link(defines);
		if (!program->name)
			return false;
		program->size = glGetUniformLocation(program->name, "size");
	}
	return true;
}
