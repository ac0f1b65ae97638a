#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""A small VNC client: vnc.py SOCKET VERB...

shot FILE.ppm; move X,Y; click X,Y; type TEXT; sleep SECONDS"""
import socket
import struct
import sys
import time


def receive(size):
    data = b''
    while len(data) < size:
        part = connection.recv(min(1 << 20, size - len(data)))
        if not part:
            sys.exit('the server hung up')
        data += part
    return data


def connect(path):
    deadline = time.monotonic() + 15
    while True:
        try:
            far = socket.socket(socket.AF_UNIX)
            far.settimeout(20)
            far.connect(path)
            return far
        except OSError as error:
            if time.monotonic() > deadline:
                sys.exit(f'no VNC server at {path}: {error}')
            time.sleep(0.1)


def refresh(incremental):
    """Reads one FramebufferUpdate into pixels."""
    global width, height, pixels
    connection.sendall(struct.pack('>BBHHHH', 3, incremental, 0, 0, width, height))
    while True:
        kind = receive(1)[0]
        if kind == 0:
            break
        if kind == 3:  # cut text
            receive(struct.unpack('>xxxI', receive(7))[0])
        elif kind != 2:  # bell
            sys.exit(f'unknown message {kind}')
    for _ in range(struct.unpack('>xH', receive(3))[0]):
        x, y, w, h, encoding = struct.unpack('>HHHHi', receive(12))
        if encoding == -223:  # DesktopSize
            width, height = w, h
            pixels = bytearray(4 * w * h)
            continue
        data = receive(4 * w * h)
        for row in range(h):
            at = 4 * ((y + row) * width + x)
            pixels[at:at + 4 * w] = data[4 * w * row:4 * w * (row + 1)]


def point(text):
    return [int(number) for number in text.split(',')]


connection = connect(sys.argv[1])
receive(12)
connection.sendall(b'RFB 003.008\n')
if 1 not in receive(receive(1)[0]):
    sys.exit('the server wants a password')
connection.sendall(b'\1')
if receive(4) != b'\0\0\0\0':
    sys.exit('the server refused')
connection.sendall(b'\1')
width, height = struct.unpack('>HH', receive(4))
receive(16)
print('a screen of', width, height, receive(struct.unpack('>I', receive(4))[0]).decode())
# 32 bits of red, green, blue in this order, uncompressed, no pointer
connection.sendall(struct.pack('>BxxxBBBBHHHBBBxxx', 0, 32, 24, 1, 1, 255, 255, 255, 24, 16, 8))
connection.sendall(struct.pack('>BxHii', 2, 2, 0, -223))
pixels = bytearray(4 * width * height)
words = iter(sys.argv[2:])
for verb in words:
    argument = next(words)
    if verb == 'shot':
        refresh(0)
        with open(argument, 'wb') as file:
            rgb = bytearray(3 * width * height)
            for channel in range(3):
                rgb[channel::3] = pixels[channel::4]
            file.write(b'P6 %d %d 255\n' % (width, height) + rgb)
    elif verb == 'move':
        connection.sendall(struct.pack('>BBHH', 5, 0, *point(argument)))
    elif verb == 'click':
        for buttons in 0, 1, 0:
            connection.sendall(struct.pack('>BBHH', 5, buttons, *point(argument)))
    elif verb == 'type':
        for character in argument.replace('\\n', '\n'):
            code = ord(character) if ord(character) < 256 else 0x1000000 + ord(character)
            code = 0xff0d if character == '\n' else code
            for down in 1, 0:
                connection.sendall(struct.pack('>BBxxI', 4, down, code))
    elif verb == 'sleep':
        time.sleep(float(argument))
    else:
        sys.exit(f'unknown verb {verb}')
