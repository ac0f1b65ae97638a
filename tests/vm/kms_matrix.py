# SPDX-License-Identifier: MIT
"""Tests Oriel on each display device that virtual machines have, as root and as a user with seatd:
it starts, a terminal takes text, and the host's window matches Oriel's screenshot."""
import shutil

from guest import Failed, Guest, wait_for
from session import Session, keep_picture, same_picture, window_of

# Sets up a user and seatd for the session.
SEATD = """
id tester >/dev/null 2>&1 || useradd -m tester
seatd -u tester >/run/share/seatd 2>&1 </dev/null & sleep 1
mkdir -p -m 700 /run/user/tester && chown tester /run/user/tester
chmod 777 /run/share; chmod 666 /dev/dri/renderD* 2>/dev/null || :
"""


# Devices without a cursor plane
DRAWN_CURSOR = ("bochs", "std")


def check_card(check, gpu):
    with Guest(gpu) as guest:
        window_of(guest)
        session = Session(guest, arguments="")
        session.settle()
        check("%s: the host shows our picture" % gpu, lambda: same_picture(session, gpu in DRAWN_CURSOR))
        check("%s: keys arrive" % gpu, lambda: "typed by keys" in typed(session))
        check("%s: and what they did is seen" % gpu, lambda: same_picture(session, gpu in DRAWN_CURSOR))
        keep_picture(session, "card-" + gpu)
        check("%s: without a complaint" % gpu, session.quiet)
        session.end()
        if shutil.which("seatd"):
            check_user(check, guest, gpu)


def typed(session):
    """Types into the terminal a command that writes a file; returns the file's text."""
    session.guest.type("echo typed by keys >/tmp/typed\n")
    wait_for("the file", lambda: session.guest.run("test -s /tmp/typed")[0] == 0, 60)
    session.settle()
    return session.guest.must("cat /tmp/typed")


def check_user(check, guest, gpu):
    guest.must(SEATD)
    session = Session(guest, arguments="", user="tester")
    session.settle()
    check("%s: as a user" % gpu, lambda: same_picture(session, gpu in DRAWN_CURSOR))
    check("%s: without a complaint" % gpu, session.quiet)
    session.end()


def check_matrix(check):
    for gpu in ("2d", "gl", "bochs", "qxl", "std"):
        try:
            check_card(check, gpu)
        except Failed as error:
            failure = str(error)
            check("%s: %s" % (gpu, failure), lambda: False)
