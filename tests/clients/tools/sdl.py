#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""A small SDL program: keys and text draw bars, clicks draw squares, F11 toggles full screen.

usage: sdl.py 2|3    the version of SDL
"""
import ctypes
import sys

SDL3 = sys.argv[1] == '3'
sdl = ctypes.CDLL('libSDL3.so.0' if SDL3 else 'libSDL2-2.0.so.0')
for name in 'SDL_CreateWindow', 'SDL_CreateRenderer':
    getattr(sdl, name).restype = ctypes.c_void_p
for name in 'SDL_GetError', 'SDL_GetCurrentVideoDriver':
    getattr(sdl, name).restype = ctypes.c_char_p
if SDL3:
    for name in 'SDL_Init', 'SDL_WaitEvent':
        getattr(sdl, name).restype = ctypes.c_bool
VIDEO, RESIZABLE, SOFTWARE, FULLSCREEN = 0x20, 0x20, 1, 0x1001
QUIT, KEYDOWN, TEXT, BUTTON, WHEEL = 0x100, 0x300, 0x303, 0x401, 0x403
F11 = 68  # a scan code
Number = ctypes.c_float if SDL3 else ctypes.c_int32  # of coordinates


def must(result):
    if not result:
        sys.exit(sdl.SDL_GetError().decode())
    return ctypes.c_void_p(result)


class Rect(ctypes.Structure):
    _fields_ = [(name, Number) for name in 'xywh']


must(sdl.SDL_Init(VIDEO) == SDL3)  # SDL 2 returns 0, SDL 3 true
print(sdl.SDL_GetCurrentVideoDriver().decode(), flush=True)
if SDL3:
    window = must(sdl.SDL_CreateWindow(b'SDL 3', 480, 320, ctypes.c_uint64(RESIZABLE)))
    renderer = must(sdl.SDL_CreateRenderer(window, b'software'))
    draw_frame = sdl.SDL_RenderRect
else:
    window = must(sdl.SDL_CreateWindow(b'SDL 2', 0, 0, 480, 320, RESIZABLE))
    renderer = must(sdl.SDL_CreateRenderer(window, -1, SOFTWARE))
    draw_frame = sdl.SDL_RenderDrawRect
sdl.SDL_StartTextInput(window)  # the argument is for SDL 3; SDL 2 ignores it
bars, squares, full = [], [], False
event = (ctypes.c_uint8 * 128)()
integers = ctypes.cast(event, ctypes.POINTER(ctypes.c_uint32))
numbers = ctypes.cast(event, ctypes.POINTER(Number))
pointers = ctypes.cast(event, ctypes.POINTER(ctypes.c_char_p))
AT = 2 if SDL3 else 0  # integers by which the header of an event is longer than in SDL 2


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
    draw_frame(renderer, ctypes.byref(Rect(2, 2, width.value - 4, height.value - 4)))
    sdl.SDL_RenderPresent(renderer)


def text_of_event():
    return (pointers[3] if SDL3 else bytes(event[12:44]).split(b'\0')[0]).decode()


draw()
while sdl.SDL_WaitEvent(event):
    kind = integers[0]
    if kind == QUIT:
        break
    if kind == KEYDOWN and integers[4 + AT] == F11:
        full = not full
        sdl.SDL_SetWindowFullscreen(window, full if SDL3 else full * FULLSCREEN)
    elif kind == TEXT:
        text = text_of_event()
        print('text', text, flush=True)
        bars += [10 + ord(character) % 100 for character in text]
    elif kind == BUTTON:
        x, y = numbers[5 + AT], numbers[6 + AT]
        print('button', event[16 + 4 * AT], round(x), round(y), flush=True)
        squares.append((x, y))
    elif kind == WHEEL:
        print('wheel', round(numbers[4 + AT]), round(numbers[5 + AT]), flush=True)
    draw()
sdl.SDL_Quit()
