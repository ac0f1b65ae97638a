#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""A small SDL 2 program: keys and text draw bars, clicks draw squares, F11 toggles full screen."""
import ctypes
import sys

sdl = ctypes.CDLL('libSDL2-2.0.so.0')
for name in 'SDL_CreateWindow', 'SDL_CreateRenderer':
    getattr(sdl, name).restype = ctypes.c_void_p
sdl.SDL_GetError.restype = sdl.SDL_GetCurrentVideoDriver.restype = ctypes.c_char_p
VIDEO, RESIZABLE, SOFTWARE, FULLSCREEN = 0x20, 0x20, 1, 0x1001
QUIT, KEYDOWN, TEXT, BUTTON, WHEEL = 0x100, 0x300, 0x303, 0x401, 0x403
F11 = 0x40000000 + 68


def must(result):
    if not result:
        sys.exit(sdl.SDL_GetError().decode())
    return ctypes.c_void_p(result)


class Rect(ctypes.Structure):
    _fields_ = [(name, ctypes.c_int) for name in 'xywh']


if sdl.SDL_Init(VIDEO):
    must(0)
print(sdl.SDL_GetCurrentVideoDriver().decode(), flush=True)
window = must(sdl.SDL_CreateWindow(b'SDL 2', 0, 0, 480, 320, RESIZABLE))
renderer = must(sdl.SDL_CreateRenderer(window, -1, SOFTWARE))
sdl.SDL_StartTextInput()
bars, squares, full = [], [], False
event = (ctypes.c_uint8 * 64)()
integers = ctypes.cast(event, ctypes.POINTER(ctypes.c_int32))


def draw():
    width, height = ctypes.c_int(), ctypes.c_int()
    sdl.SDL_GetWindowSize(window, ctypes.byref(width), ctypes.byref(height))
    sdl.SDL_SetRenderDrawColor(renderer, 30, 40, 90, 255)
    sdl.SDL_RenderClear(renderer)
    sdl.SDL_SetRenderDrawColor(renderer, 240, 200, 60, 255)
    for i, bar in enumerate(bars):
        sdl.SDL_RenderFillRect(renderer, ctypes.byref(Rect(10 + 14 * i, 10, 10, bar)))
    sdl.SDL_SetRenderDrawColor(renderer, 90, 220, 140, 255)
    for x, y in squares:
        sdl.SDL_RenderFillRect(renderer, ctypes.byref(Rect(x - 10, y - 10, 20, 20)))
    sdl.SDL_SetRenderDrawColor(renderer, 255, 255, 255, 255)
    sdl.SDL_RenderDrawRect(renderer, ctypes.byref(Rect(2, 2, width.value - 4, height.value - 4)))
    sdl.SDL_RenderPresent(renderer)


draw()
while sdl.SDL_WaitEvent(event):
    kind = integers[0]
    if kind == QUIT:
        break
    if kind == KEYDOWN and integers[5] == F11:
        full = not full
        sdl.SDL_SetWindowFullscreen(window, FULLSCREEN if full else 0)
    elif kind == TEXT:
        text = bytes(event[12:44]).split(b'\0')[0].decode()
        print('text', text, flush=True)
        bars += [10 + ord(character) % 100 for character in text]
    elif kind == BUTTON:
        print('button', event[16], integers[5], integers[6], flush=True)
        squares.append((integers[5], integers[6]))
    elif kind == WHEEL:
        print('wheel', integers[4], integers[5], flush=True)
    draw()
sdl.SDL_Quit()
